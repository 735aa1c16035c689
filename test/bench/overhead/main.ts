import { parseArgs } from "node:util";
import { renderReport } from "./render.ts";
import { runBench } from "./run-bench.ts";
import { renderTelemetry, runTelemetryBench } from "./telemetry-bench.ts";

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    rounds: { type: "string", default: "3" },
    "round-ms": { type: "string", default: "3500" },
    connections: { type: "string", default: "1,16,64" },
    /** How long the provider takes for an answer, in milliseconds. */
    "delay-ms": { type: "string", default: "0" },
    /** Compares the platform with itself without telemetry, and with a share of its requests traced, instead. */
    telemetry: { type: "boolean", default: false },
    /** Names of scenarios, apart by commas. */
    only: { type: "string", default: "" },
  },
});

const shared = {
  rounds: Number(options.rounds),
  roundMs: Number(options["round-ms"]),
  delayMs: Number(options["delay-ms"]),
  onProgress: (text: string) => void process.stderr.write(`${text}\n`),
};
const connections = options.connections.split(",").map(Number);
const print = <Report>(report: Report, render: (report: Report) => string) =>
  void process.stdout.write(options.json ? `${JSON.stringify(report, undefined, 2)}\n` : render(report));

if (options.telemetry) {
  print(await runTelemetryBench({ ...shared, connections: Math.max(...connections) }), renderTelemetry);
} else {
  const only = options.only === "" ? [] : options.only.split(",");
  print(await runBench({ ...shared, connections, only }), renderReport);
}
