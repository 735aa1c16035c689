import type { TestNetwork } from "@switchyard/test-e2e/network";
import type { Bench, Told } from "./bench.ts";
import { until } from "./until.ts";

/** Something that happened, as a span event or a log line tells it. */
type Fields = Readonly<Record<string, unknown>>;

/** Events of the spans of a request, once one of that name is there. */
export async function spanEventsOf({ network }: Bench, { traceId }: Told, name: string): Promise<Fields[]> {
  const read = () =>
    network.otlp
      .spans()
      .filter((span) => span.traceId === traceId)
      .flatMap(({ events }) => events)
      .filter((event) => event.name === name)
      .map(({ attributes }) => attributes);
  return until(read, (events) => events.length > 0);
}

/** Lines that the router logged with this message. */
export function logLines(bench: Bench, message: string): Fields[] {
  return routerOf(bench)
    .log()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Fields)
    .filter(({ msg }) => msg === message);
}

/** A counter of the router as its `/metrics` tells it: the sum over all series that carry these labels. */
export async function counterOf(bench: Bench, name: string, labels: Readonly<Record<string, string>>): Promise<number> {
  const response = await fetch(`http://${routerOf(bench).addresses.admin}/metrics`);
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return (await response.text())
    .split("\n")
    .filter((line) => line.startsWith(`${name}{`) && wanted.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf("} ") + 2).split(" ")[0]), 0);
}

function routerOf({ network: { processes } }: Bench): TestNetwork["processes"][string] {
  const router = processes.router ?? processes.standalone;
  if (!router) throw new Error("no process routes");
  return router;
}
