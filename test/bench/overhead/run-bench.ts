import { rivalsFolder } from "./install-rivals.ts";
import { expectVerdict, type Level, measure, prepare, type Sample } from "./measure.ts";
import { type Report, reportOf } from "./report.ts";
import { type Scenario, scenarios, type Targets } from "./scenarios.ts";
import { startBareProxy, startMock, startPortkey } from "./targets/start-targets.ts";
import { startNetworked, startStandalone } from "./targets/switchyard.ts";

export interface BenchOptions {
  readonly rounds: number;
  readonly roundMs: number;
  readonly connections: readonly number[];
  readonly delayMs: number;
  /** Names of scenarios; all where it is empty. */
  readonly only: readonly string[];
  /** Told what is measured now. */
  readonly onProgress: (text: string) => void;
}

/** Everything of one scenario at one level, a sample a round. */
export interface Series extends Level {
  readonly name: string;
  readonly samples: Sample[];
}

/** Starts every target, loads them in turns for so many rounds, and ends them again. */
export async function runBench(options: BenchOptions): Promise<Report> {
  const rivals = rivalsFolder();
  await using opened = new AsyncDisposableStack();
  const kept = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const target = await starting;
    opened.defer(() => target.stop());
    return target;
  };
  const mock = await kept(startMock(options.delayMs));
  const targets: Targets = {
    mock,
    bareProxy: await kept(startBareProxy(mock)),
    portkey: await kept(startPortkey(mock, rivals)),
    standalone: await kept(startStandalone(mock)),
    networked: await kept(startNetworked(mock)),
  };
  const chosen = scenarios.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
  for (const scenario of chosen) await prepare(scenario, targets[scenario.target]);

  const levels = options.connections.flatMap((connections): Level[] => [
    { connections, streamed: false },
    { connections, streamed: true },
  ]);
  const series = levels.flatMap((level) => chosen.map(({ name }): Series => ({ ...level, name, samples: [] })));
  for (let round = 0; round < options.rounds; round++) {
    for (const { samples, name, ...level } of series) {
      const scenario = chosen.find((one) => one.name === name) as Scenario;
      options.onProgress(
        `round ${round + 1} of ${options.rounds}: ${name}, ${level.connections} connections${level.streamed ? ", streamed" : ""}`,
      );
      samples.push(await measure(scenario, targets[scenario.target], level, options.roundMs, rivals));
    }
  }
  for (const scenario of chosen) await expectVerdict(scenario, targets[scenario.target]);
  return reportOf(series, options);
}
