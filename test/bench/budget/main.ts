import { parseArgs } from "node:util";
import { renderReport } from "./render.ts";
import { runBench } from "./run-bench.ts";

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    rounds: { type: "string", default: "7" },
    "round-ms": { type: "string", default: "1000" },
    /** Calls in flight at once. */
    callers: { type: "string", default: "64" },
  },
});

const report = await runBench({
  rounds: Number(options.rounds),
  roundMs: Number(options["round-ms"]),
  callers: Number(options.callers),
});
process.stdout.write(options.json ? `${JSON.stringify(report, undefined, 2)}\n` : renderReport(report));
