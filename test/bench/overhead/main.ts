import { parseArgs } from "node:util";
import { renderReport } from "./render.ts";
import { runBench } from "./run-bench.ts";

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    rounds: { type: "string", default: "3" },
    "round-ms": { type: "string", default: "3500" },
    connections: { type: "string", default: "1,16,64" },
    /** How long the provider takes for an answer, in milliseconds. */
    "delay-ms": { type: "string", default: "0" },
    /** Names of scenarios, apart by commas. */
    only: { type: "string", default: "" },
  },
});

const report = await runBench({
  rounds: Number(options.rounds),
  roundMs: Number(options["round-ms"]),
  connections: options.connections.split(",").map(Number),
  delayMs: Number(options["delay-ms"]),
  only: options.only === "" ? [] : options.only.split(","),
  onProgress: (text) => process.stderr.write(`${text}\n`),
});
process.stdout.write(options.json ? `${JSON.stringify(report, undefined, 2)}\n` : renderReport(report));
