import { rivalsFolder } from "./install-rivals.ts";
import { measure, prepare } from "./measure.ts";
import { type Scenario, scenarios } from "./scenarios.ts";
import { type Spread, spreadOf } from "./statistics.ts";
import { startMock } from "./targets/start-targets.ts";
import { type Environment, startStandalone } from "./targets/switchyard.ts";

/** The ways to run that are compared; the first is what the others are held against. */
const ways: readonly { readonly name: string; readonly environment: Environment }[] = [
  { name: "off", environment: { OTEL_SDK_DISABLED: "true" } },
  { name: "unsampled", environment: { OTEL_TRACES_SAMPLER: "always_off" } },
  { name: "sampled10", environment: { OTEL_TRACES_SAMPLER_ARG: "0.1" } },
  { name: "sampled100", environment: { OTEL_TRACES_SAMPLER_ARG: "1" } },
];

const compared = ["switchyardMiss", "switchyardHit"];

export interface TelemetryOptions {
  readonly rounds: number;
  readonly roundMs: number;
  readonly connections: number;
  readonly delayMs: number;
  /** Told what is measured now. */
  readonly onProgress: (text: string) => void;
}

/** What one way of running costs in one scenario. */
export interface TelemetryRow {
  readonly scenario: string;
  /** `off`: no telemetry at all; `unsampled`: metrics and trace ids; `sampled10`, `sampled100`: so many percent traced. */
  readonly way: string;
  readonly cpuUsPerRequest: Spread;
  /** Of processor time over that without telemetry, in the same round. */
  readonly added: Spread;
}

export interface TelemetryReport {
  readonly telemetry: readonly TelemetryRow[];
}

/** Runs the platform in every way at once, loads them in turns, and compares their processor time. */
export async function runTelemetryBench(options: TelemetryOptions): Promise<TelemetryReport> {
  const rivals = rivalsFolder();
  await using opened = new AsyncDisposableStack();
  const mock = await startMock(options.delayMs);
  opened.defer(() => mock.stop());
  const chosen = scenarios.filter(({ name }) => compared.includes(name));
  const targets = [];
  for (const { name, environment } of ways) {
    const target = await startStandalone(mock, environment);
    opened.defer(() => target.stop());
    for (const scenario of chosen) await prepare(scenario, target);
    targets.push({ name, target });
  }
  const level = { connections: options.connections, streamed: false };
  // Compilers have done their work after a round that does not count.
  const rounds = options.rounds + 1;
  const samples = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const scenario of chosen) {
      for (const { name, target } of targets) {
        options.onProgress(`round ${round + 1} of ${rounds}: ${scenario.name}, telemetry ${name}`);
        const { cpuUsPerRequest } = await measure(scenario, target, level, options.roundMs, rivals);
        if (round === 0) continue;
        const key = keyOf(scenario, name);
        samples.set(key, [...(samples.get(key) ?? []), cpuUsPerRequest]);
      }
    }
  }
  const telemetry = chosen.flatMap((scenario) =>
    ways.map(({ name }): TelemetryRow => {
      const own = samples.get(keyOf(scenario, name)) ?? [];
      const off = samples.get(keyOf(scenario, "off")) ?? [];
      const added = own.map((cpuUs, round) => cpuUs / (off[round] ?? Number.NaN) - 1);
      return { scenario: scenario.name, way: name, cpuUsPerRequest: spreadOf(own), added: spreadOf(added) };
    }),
  );
  return { telemetry };
}

const keyOf = ({ name }: Scenario, way: string) => `${name} ${way}`;

/** The report for people. */
export function renderTelemetry({ telemetry }: TelemetryReport): string {
  const lines = telemetry.map(({ scenario, way, cpuUsPerRequest, added }) => {
    const percent = (share: number) => `${(share * 100).toFixed(1)}%`;
    const cpu = `${Math.round(cpuUsPerRequest.median)} us`;
    return `${scenario.padEnd(18)}${way.padEnd(12)}${cpu.padStart(10)}   +${percent(added.median)} (${percent(added.low)} to ${percent(added.high)})`;
  });
  return `Processor time a request, and what it is more than without telemetry\n\n${lines.join("\n")}\n`;
}
