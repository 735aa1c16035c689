import type { BudgetReport } from "./run-bench.ts";

/** The report as a table for people. */
export function renderReport({ redis, sqlite }: BudgetReport): string {
  const row = (name: string, perSecond: number | undefined, p50Us: number | undefined, p99Us: number | undefined) =>
    [name.padEnd(24), cell(perSecond), cell(p50Us), cell(p99Us)].join("");
  const { redisBenchmarkPerSecond, connectionsPerSecond, pipelinedPerSecond } = redis.evalsha;
  const shareOf = (perSecond: number) => `${Math.round((redis.reservationsPerSecond / perSecond) * 100)}%`;
  return [
    `${"eight nested limits".padEnd(24)}${["per second", "p50 us", "p99 us"].map((head) => head.padStart(12)).join("")}`,
    row("Redis", redis.reservationsPerSecond, redis.p50Us, redis.p99Us),
    row("bare, redis-benchmark", redisBenchmarkPerSecond ?? undefined, undefined, undefined),
    row("bare, own connections", connectionsPerSecond, undefined, undefined),
    row("bare, pipelined", pipelinedPerSecond, undefined, undefined),
    row("SQLite", sqlite.reservationsPerSecond, sqlite.p50Us, sqlite.p99Us),
    "",
    `Reservations are ${shareOf(redis.evalshaPerSecond)} of bare EVALSHA as redis-benchmark calls it, ${shareOf(pipelinedPerSecond)} of it pipelined.`,
    "",
  ].join("\n");
}

const cell = (value: number | undefined) => (value === undefined ? "-" : String(value)).padStart(12);
