import { parseArgs } from "node:util";
import { type Command, CommandError, UsageError } from "../command.ts";
import { isAddress } from "../terminal/address.ts";
import { renderTrace, renderTraces, type Trace, type TraceLine } from "../trace/render-trace.ts";

const defaultAddress = "127.0.0.1:9450";

const usage = `Shows how a request went, step by step: when each began, how long it took, tokens, cost, and the reason for its route. Every answer
carries the id of its trace (HTTP header x-switchyard-trace-id, gRPC trailer x-trace-id).

  npx switchyard trace                 the last requests, newest first
  npx switchyard trace ID [OPTION...]  one of them; the beginning of its id will do

  --admin HOST:PORT      where the platform tells of itself (gateway.adminListen); ${defaultAddress} by default
  --json                 the spans as they are

The platform that \`npm start\` runs keeps the last 200 (traces.keep), unless it sends them to a collector (OTEL_EXPORTER_OTLP_ENDPOINT): then
they are to be looked at there, as are those of services that run apart.
`;

/** `switchyard trace`: the last traces of a standalone platform, or one of them as a waterfall. */
export const trace: Command = {
  name: "trace",
  summary: "how a request went, step by step, with durations, tokens, cost and the reason for its route",
  usage,
  async run(parameters, { output, signal }) {
    const { id, address, json } = readOptions(parameters);
    const answer = await fetch(`http://${address}/traces${id && `/${id}`}`, { signal }).catch(() => undefined);
    if (answer === undefined) throw new CommandError(`no platform tells of itself at ${address}; see --admin`);
    const body = await answer.text();
    if (!answer.ok) {
      const isKept = id === "" || !body.includes("no such trace");
      throw new CommandError(isKept ? `the platform at ${address} keeps no traces` : `no trace ${id} is kept any more`);
    }
    if (json) output.write(`${body}\n`);
    else if (id === "") output.write(renderTraces(JSON.parse(body) as TraceLine[]));
    else output.write(renderTrace(JSON.parse(body) as Trace));
  },
};

function readOptions(parameters: readonly string[]) {
  const { values, positionals } = parse(parameters);
  const [id = "", ...others] = positionals;
  if (others.length > 0) throw new UsageError("one trace at a time");
  if (!/^[0-9a-f]{0,32}$/.test(id))
    throw new UsageError("the id of a trace is up to 32 digits and letters from a to f");
  if (!isAddress(values.admin)) throw new UsageError("--admin must be HOST:PORT");
  return { id, address: values.admin, json: values.json };
}

function parse(parameters: readonly string[]) {
  try {
    return parseArgs({
      args: [...parameters],
      allowPositionals: true,
      options: { admin: { type: "string", default: defaultAddress }, json: { type: "boolean", default: false } },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
