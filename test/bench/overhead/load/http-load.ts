import { createRequire } from "node:module";
import { join } from "node:path";
import type { Load, LoadResult } from "./load.ts";

/** Loads an HTTP target with autocannon. Argument: the folder autocannon stands in, and a Load as JSON. */
type Autocannon = (
  options: object,
  done: (error: unknown, result: Result) => void,
) => {
  on(event: "response", listener: (client: unknown, status: number, bytes: number, milliseconds: number) => void): void;
};
interface Result {
  readonly duration: number;
  readonly errors: number;
  readonly non2xx: number;
  readonly requests: { readonly total: number };
}

const [folder = "", text = ""] = process.argv.slice(2);
const load = JSON.parse(text) as Load;
const autocannon = createRequire(join(folder, "package.json"))("autocannon") as Autocannon;

const latencies: number[] = [];
const startedMs = performance.now();
const instance = autocannon(
  {
    url: load.url,
    method: "POST",
    headers: { "content-type": "application/json", ...load.headers },
    body: load.body,
    idReplacement: load.body.includes("[<id>]"),
    connections: load.connections,
    duration: load.durationMs / 1000,
    timeout: 30,
  },
  (error, result) => {
    if (error) throw error;
    const seconds = (performance.now() - startedMs) / 1000;
    latencies.sort((a, b) => a - b);
    const at = (share: number) => Math.round((latencies[Math.floor(latencies.length * share)] ?? Number.NaN) * 1000);
    const answer: LoadResult = {
      requests: latencies.length,
      seconds,
      p50Us: at(0.5),
      p99Us: at(0.99),
      failures: result.errors + result.non2xx,
    };
    process.stdout.write(JSON.stringify(answer));
  },
);
instance.on("response", (_client, _status, _bytes, milliseconds) => latencies.push(milliseconds));
