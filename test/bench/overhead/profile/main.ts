import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { rivalsFolder } from "../install-rivals.ts";
import { measure, prepare } from "../measure.ts";
import { type Scenario, scenarios } from "../scenarios.ts";
import { startMock } from "../targets/start-targets.ts";
import { startNetworked, startStandalone } from "../targets/switchyard.ts";
import { type CpuProfile, callTree } from "./call-tree.ts";
import { flameGraph } from "./flame-graph.ts";
import { selfTimes } from "./self-times.ts";

/** Profiles the platform's processes under the load of one scenario, and draws where their time goes. */
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: "string", default: "profiles" },
    seconds: { type: "string", default: "10" },
    connections: { type: "string", default: "64" },
    streamed: { type: "boolean", default: false },
  },
});
const scenario = scenarioNamed(positionals[0] ?? "switchyardMiss");
const folder = resolve(options.out, scenario.name);
mkdirSync(folder, { recursive: true });

const rivals = rivalsFolder();
const mock = await startMock(0);
const start = scenario.target === "networked" ? startNetworked : startStandalone;
const target = await start(mock, { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder} --cpu-prof-interval=500` });
await prepare(scenario, target);
const level = { connections: Number(options.connections), streamed: options.streamed };
// Compilers and caches have done their work after two seconds.
await measure(scenario, target, level, 2_000, rivals);
const sample = await measure(scenario, target, level, Number(options.seconds) * 1000, rivals);
await target.stop();
await mock.stop();

process.stdout.write(
  `${Math.round(sample.rps)} requests/s, ${Math.round(sample.cpuUsPerRequest)} us CPU a request\n\n`,
);
for (const file of readdirSync(folder).filter((name) => name.endsWith(".cpuprofile"))) {
  const profile = JSON.parse(readFileSync(join(folder, file), "utf8")) as CpuProfile;
  const drawn = join(folder, file.replace(".cpuprofile", ".svg"));
  writeFileSync(drawn, flameGraph(callTree(profile), `${scenario.name}, ${file}`));
  process.stdout.write(`${drawn}\n${selfTimes(profile)}\n`);
}

function scenarioNamed(name: string): Scenario {
  const found = scenarios.find(
    (one) => one.name === name && (one.target === "standalone" || one.target === "networked"),
  );
  if (found) return found;
  const known = scenarios.filter(({ target }) => target === "standalone" || target === "networked");
  throw new RangeError(`no scenario "${name}": ${known.map((one) => one.name).join(", ")}`);
}
