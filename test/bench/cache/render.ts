import type { CacheReport, PathReport, SizeReport } from "./run-bench.ts";

/** The report as a table for people. */
export function renderReport({ redis, sqlite }: CacheReport): string {
  const heads = ["", "entries", "exact hit", "semantic hit", "miss", "puts/s", "recall@1", "recall@8"];
  const rows = [...rowsOf("Redis", redis), ...rowsOf("SQLite", sqlite)];
  return [
    [heads, ...rows].map((row) => row.map((cell, at) => cell.padStart(at === 0 ? 8 : 24)).join("")).join("\n"),
    "",
    "Paths: p50 / p99 in us of a call alone, then calls a second with many in flight.",
    "",
  ].join("\n");
}

const rowsOf = (name: string, sizes: readonly SizeReport[]): string[][] =>
  sizes.map((size) => [
    name,
    String(size.entries),
    ...[size.exactHit, size.semanticHit, size.miss].map(path),
    String(size.putsPerSecond),
    size.recallAt1.toFixed(3),
    size.recallAt8.toFixed(3),
  ]);

const path = ({ p50Us, p99Us, perSecond }: PathReport) => `${p50Us} / ${p99Us}, ${perSecond}/s`;
