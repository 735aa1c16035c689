import { type ReportResponse, ReportTotals } from "@switchyard/contracts/budget/v1/budget";
import { csvLine } from "../terminal/csv.ts";
import type { DimensionName } from "./dimensions.ts";

/** The report as JSON: counts, tokens and nano-USD as numbers. */
export function jsonOfReport(
  { rows, total, rowCount, sinceDate, untilDate, timeZone }: ReportResponse,
  by: readonly DimensionName[],
): string {
  const json = {
    since: sinceDate || null,
    until: untilDate,
    timeZone,
    by,
    rows: rows.map(({ totals, ...names }) => ({
      ...Object.fromEntries(by.map((name) => [name, names[name]])),
      ...sumsOf(totals),
    })),
    total: sumsOf(total),
    rowCount,
  };
  return `${JSON.stringify(json, (_key, value) => (typeof value === "bigint" ? Number(value) : value), 2)}\n`;
}

function sumsOf(totals = ReportTotals.create()) {
  return { ...totals, savedUsdNanos: totals.baselineCostUsdNanos - totals.costUsdNanos };
}

/** The report as CSV, without the total: it would be summed up with the rows. */
export function csvOfReport({ rows }: ReportResponse, by: readonly DimensionName[]): string {
  const header = csvLine([...by, ...columns.map(([name]) => name)]);
  const lines = rows.map(({ totals = ReportTotals.create(), ...names }) =>
    csvLine([...by.map((name) => names[name]), ...columns.map(([, read]) => read(totals))]),
  );
  return header + lines.join("");
}

const columns: readonly (readonly [string, (totals: ReportTotals) => bigint | { readonly usdNanos: bigint }])[] = [
  ["requests", ({ requests }) => requests],
  ["attempts", ({ attempts }) => attempts],
  ["exact_hits", ({ exactHits }) => exactHits],
  ["semantic_hits", ({ semanticHits }) => semanticHits],
  ["replays", ({ replays }) => replays],
  ["input_tokens", ({ inputTokens }) => inputTokens],
  ["cached_input_tokens", ({ cachedInputTokens }) => cachedInputTokens],
  ["output_tokens", ({ outputTokens }) => outputTokens],
  ["reasoning_tokens", ({ reasoningTokens }) => reasoningTokens],
  ["cost_usd", ({ costUsdNanos }) => ({ usdNanos: costUsdNanos })],
  ["baseline_cost_usd", ({ baselineCostUsdNanos }) => ({ usdNanos: baselineCostUsdNanos })],
  ["saved_usd", (totals) => ({ usdNanos: totals.baselineCostUsdNanos - totals.costUsdNanos })],
  ["cache_saved_usd", ({ hitBaselineCostUsdNanos }) => ({ usdNanos: hitBaselineCostUsdNanos })],
  ["wasted_tokens", ({ wastedTokens }) => wastedTokens],
  ["wasted_cost_usd", ({ wastedCostUsdNanos }) => ({ usdNanos: wastedCostUsdNanos })],
];
