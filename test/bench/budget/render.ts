import type { BudgetReport } from "./run-bench.ts";

/** The report as a table for people. */
export function renderReport({ redis, sqlite }: BudgetReport): string {
  const row = (name: string, perSecond: number, p50Us: number | undefined, p99Us: number | undefined) =>
    [name.padEnd(24), cell(perSecond), cell(p50Us), cell(p99Us)].join("");
  const share = Math.round((redis.reservationsPerSecond / redis.evalshaPerSecond) * 100);
  return [
    `${"eight nested limits".padEnd(24)}${["per second", "p50 us", "p99 us"].map((head) => head.padStart(12)).join("")}`,
    row("Redis", redis.reservationsPerSecond, redis.p50Us, redis.p99Us),
    row("Redis, bare EVALSHA", redis.evalshaPerSecond, undefined, undefined),
    row("SQLite", sqlite.reservationsPerSecond, sqlite.p50Us, sqlite.p99Us),
    "",
    `A reservation costs Redis and the way to it what ${(100 / share).toFixed(1)} bare calls cost (${share}% of their rate).`,
    "",
  ].join("\n");
}

const cell = (value: number | undefined) => (value === undefined ? "-" : String(value)).padStart(12);
