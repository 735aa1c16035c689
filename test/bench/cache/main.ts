import { parseArgs } from "node:util";
import { renderReport } from "./render.ts";
import { runBench } from "./run-bench.ts";

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    /** Sizes of the store to measure at. A million takes a long while to fill. */
    entries: { type: "string", default: "10000,100000,1000000" },
    stores: { type: "string", default: "redis,sqlite" },
    "round-ms": { type: "string", default: "2000" },
    /** Calls in flight at once. */
    callers: { type: "string", default: "16" },
  },
});

const isStore = (name: string): name is "redis" | "sqlite" => name === "redis" || name === "sqlite";

const report = await runBench({
  entries: options.entries.split(",").map(Number),
  stores: options.stores.split(",").filter(isStore),
  roundMs: Number(options["round-ms"]),
  callers: Number(options.callers),
  onProgress: (line) => process.stderr.write(`${line}\n`),
});
process.stdout.write(options.json ? `${JSON.stringify(report, undefined, 2)}\n` : renderReport(report));
