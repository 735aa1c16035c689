import type { Sample } from "./measure.ts";
import type { BenchOptions, Series } from "./run-bench.ts";
import { type Spread, spreadOf } from "./statistics.ts";

type ByScenario = Readonly<Record<string, number>>;

/** One scenario at one level, over all rounds. */
export interface Row {
  readonly name: string;
  readonly connections: number;
  readonly streamed: boolean;
  readonly rps: Spread;
  readonly p50Us: Spread;
  readonly p99Us: Spread;
  /** Above the provider asked directly, at the same level in the same round. */
  readonly addedP50Us: Spread | undefined;
  readonly addedP99Us: Spread | undefined;
  readonly addedFirstTokenUs: Spread | undefined;
  readonly cpuUsPerRequest: Spread;
  readonly rssMiB: number;
}

/** The whole run. The first six are medians of whole answers at the highest level (first token: at one connection). */
export interface Report {
  readonly rps: ByScenario;
  readonly addedP50Us: ByScenario;
  readonly addedP99Us: ByScenario;
  readonly addedFirstTokenP50Us: ByScenario;
  readonly cpuUsPerRequest: ByScenario;
  /** Of the target's processes together, after all rounds. */
  readonly rssMiB: ByScenario;
  readonly ratios: ByScenario;
  readonly secondsUnderLoad: number;
  readonly options: Pick<BenchOptions, "rounds" | "roundMs" | "connections" | "delayMs">;
  readonly levels: readonly Row[];
}

export function reportOf(series: readonly Series[], options: BenchOptions): Report {
  const rows = series.map((one) => rowOf(one, directOf(series, one)));
  const highest = Math.max(...options.connections);
  const top = rows.filter(({ connections, streamed }) => connections === highest && !streamed);
  const firsts = rows.filter(({ addedFirstTokenUs }) => addedFirstTokenUs !== undefined);
  const rps = pick(top, ({ rps }) => rps.median);
  const { rounds, roundMs, connections, delayMs } = options;
  return {
    rps,
    addedP50Us: pick(top, ({ addedP50Us }) => addedP50Us?.median),
    addedP99Us: pick(top, ({ addedP99Us }) => addedP99Us?.median),
    addedFirstTokenP50Us: pick(firsts, ({ addedFirstTokenUs }) => addedFirstTokenUs?.median),
    cpuUsPerRequest: pick(top, ({ cpuUsPerRequest }) => cpuUsPerRequest.median),
    rssMiB: pick(rows.toReversed(), ({ rssMiB }) => rssMiB),
    ratios: ratiosOf(rps),
    secondsUnderLoad: (rounds * roundMs * connections.length * 2) / 1000,
    options: { rounds, roundMs, connections, delayMs },
    levels: rows,
  };
}

const directOf = (series: readonly Series[], { connections, streamed }: Series) =>
  series.find((one) => one.name === "direct" && one.connections === connections && one.streamed === streamed);

function rowOf({ name, connections, streamed, samples }: Series, direct: Series | undefined): Row {
  const of = (read: (sample: Sample) => number) => spreadOf(samples.map(read));
  const added = (read: (sample: Sample) => number) => {
    const values = samples.map((sample, round) => read(sample) - read(direct?.samples[round] ?? sample));
    return direct && values.every(Number.isFinite) && name !== "direct" ? spreadOf(values) : undefined;
  };
  return {
    ...{ name, connections, streamed },
    rps: of(({ rps }) => rps),
    p50Us: of(({ p50Us }) => p50Us),
    p99Us: of(({ p99Us }) => p99Us),
    addedP50Us: added(({ p50Us }) => p50Us),
    addedP99Us: added(({ p99Us }) => p99Us),
    addedFirstTokenUs: added(({ firstTokenUs }) => firstTokenUs),
    cpuUsPerRequest: of(({ cpuUsPerRequest }) => cpuUsPerRequest),
    rssMiB: Math.round(samples.at(-1)?.rssMiB ?? Number.NaN),
  };
}

function pick(rows: readonly Row[], read: (row: Row) => number | undefined): ByScenario {
  const found: Record<string, number> = {};
  for (const row of rows) {
    const value = read(row);
    if (value !== undefined && !(row.name in found)) found[row.name] = Math.round(value);
  }
  return found;
}

/** How the scenarios stand to each other in requests per second. */
function ratiosOf(rps: ByScenario): ByScenario {
  const ratio = (over: string, under: string) =>
    Math.round(((rps[over] ?? Number.NaN) / (rps[under] ?? Number.NaN)) * 100) / 100;
  const all = {
    missOverPortkey: ratio("switchyardMiss", "portkey"),
    missOverBareProxy: ratio("switchyardMiss", "bareProxy"),
    hitOverBareProxy: ratio("switchyardHit", "bareProxy"),
    networkedOverPortkey: ratio("networkedMiss", "portkey"),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => Number.isFinite(value)));
}
