import { resolve } from "node:path";
import { askPolicy } from "../audit/ask-policy.ts";
import { createLogTallier, type LogTally } from "../audit/audit-log.ts";
import { createPriceList, type PricedModel } from "../audit/bill/price-list.ts";
import { type OpenLog, openLog } from "../audit/log/open-log.ts";
import { type ReadingTally, readLog } from "../audit/log/read-log.ts";
import type { Policy } from "../audit/policy.ts";
import { type PolicySource, renderAudit } from "../audit/render.ts";
import { type AuditResult, resultOf } from "../audit/result.ts";
import { seededRandom } from "../audit/sketches/seeded-random.ts";
import { type Command, type CommandContext, CommandError } from "../command.ts";
import { connectRouter } from "../router/router-connection.ts";
import { routerPolicy } from "../router/router-policy.ts";
import { count } from "../terminal/format.ts";
import { createProgress } from "../terminal/progress.ts";
import { type AuditOptions, readOptions, usage } from "./audit-options.ts";

/** `switchyard audit`: what a log of past requests cost, and what it would cost under the policy in force. */
export const audit: Command = {
  name: "audit",
  summary: "what a log of past requests cost, and what it would cost through Switchyard",
  usage,
  async run(parameters, context) {
    const options = readOptions(parameters, context.environment);
    const path = options.log === "-" ? "-" : resolve(context.folder, options.log);
    const log = await openLog(path, context.input, context.signal);
    await using router = await connectRouter(options, context.environment, context.signal);
    const result = await auditLog(options, log, routerPolicy(router), context);
    const source = { address: router.address, isPrivate: router.isPrivate };
    context.output.write(options.json ? toJson(result, source) : renderAudit(result, source));
  },
};

type Terminal = Pick<CommandContext, "remarks" | "signal">;

/** Reads the log once, then asks the policy about the samples. Throws CommandError. */
export async function auditLog(
  options: AuditOptions,
  log: OpenLog,
  policy: Policy,
  terminal: Terminal,
): Promise<AuditResult> {
  const catalogue = await policy.models();
  const { reading, tally } = await readAll(options, log, [...catalogue, ...options.prices], terminal);
  if (tally.groups.length === 0) throw new CommandError(whyNothing(options.log, reading, tally));
  const samples = tally.groups.reduce((sum, { samples }) => sum + samples.length, 0);
  const progress = createProgress("asking the policy", samples, terminal.remarks, () => performance.now());
  let asked = 0;
  const onAsked = () => progress.show(++asked, () => "");
  try {
    const decisions = await askPolicy(tally.groups, policy, catalogue, { signal: terminal.signal, onAsked });
    return withExcerpts(resultOf(reading, tally, decisions), options.hasExcerpts);
  } finally {
    progress.finish();
  }
}

async function readAll(options: AuditOptions, log: OpenLog, models: readonly PricedModel[], terminal: Terminal) {
  const { sampleSize, seed, stakesOf } = options;
  const tallier = createLogTallier(createPriceList(models), { sampleSize, stakesOf, random: seededRandom(seed) });
  const progress = createProgress("reading", log.totalBytes, terminal.remarks, () => performance.now());
  let requests = 0;
  try {
    const reading = await readLog({
      stream: log.stream,
      format: options.format ?? log.format,
      onRequest(request) {
        requests++;
        tallier.add(request);
      },
      onChunk: () => progress.show(log.bytesRead(), () => `${count(requests)} requests`),
      signal: terminal.signal,
    });
    return { reading, tally: tallier.result() };
  } finally {
    progress.finish();
  }
}

function whyNothing(log: string, { unusableLines, problems }: ReadingTally, { unpriced }: LogTally): string {
  const [first] = problems;
  if (unpriced.size > 0) {
    return `no model of "${log}" has a known price: ${[...unpriced.keys()].slice(0, 5).join(", ")}; give one by --price`;
  }
  if (!first) return `"${log}" holds no requests`;
  return `none of the ${count(unusableLines)} lines of "${log}" can be used; line ${first.line}: ${first.message}`;
}

function withExcerpts(result: AuditResult, hasExcerpts: boolean): AuditResult {
  if (hasExcerpts || !result.repetition) return result;
  const { queries, systemPrompts } = result.repetition;
  const hidden = <T extends { readonly text: string }>(top: readonly T[]) => top.map((each) => ({ ...each, text: "" }));
  return {
    ...result,
    repetition: {
      ...result.repetition,
      queries: { ...queries, top: hidden(queries.top) },
      systemPrompts: { ...systemPrompts, top: hidden(systemPrompts.top) },
    },
  };
}

const toJson = (result: AuditResult, policy: PolicySource) =>
  `${JSON.stringify({ policy, ...result }, undefined, 2)}\n`;
