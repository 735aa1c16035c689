import type { LedgerEntry } from "@switchyard/contracts/budget/v1/budget";
import { type CsvCell, csvLine } from "../terminal/csv.ts";

/** A value of an exported entry. Money is in nano-USD: an integer in JSON Lines, dollars in CSV. */
type Value = string | number | boolean | { readonly usdNanos: bigint } | { readonly labels: Record<string, string> };

/** The columns of an exported entry, in their order. */
const columnsOf: readonly (readonly [name: string, read: (entry: LedgerEntry) => Value])[] = [
  ["sequence", ({ sequence }) => Number(sequence)],
  ["booked_at", ({ bookedAt }) => bookedAt?.toISOString() ?? ""],
  ["day", ({ day }) => day],
  ["request_id", ({ requestId }) => requestId],
  ["organisation", ({ caller }) => caller?.organisation || caller?.tenant || ""],
  ["tenant", ({ caller }) => caller?.tenant ?? ""],
  ["user", ({ caller }) => caller?.user ?? ""],
  ["feature", ({ caller }) => caller?.feature ?? ""],
  ["api_key", ({ caller }) => caller?.apiKey ?? ""],
  ["labels", ({ caller }) => ({ labels: caller?.labels ?? {} })],
  ["model", ({ model }) => model],
  ["provider", ({ provider }) => provider],
  ["tier", ({ tier }) => word(tier, "TIER_")],
  ["task", ({ task }) => word(task, "TASK_")],
  ["outcome", ({ outcome }) => outcome],
  ["cache", ({ cacheVerdict }) => word(cacheVerdict, "CACHE_VERDICT_")],
  ["input_tokens", ({ usage }) => Number(usage?.inputTokens ?? 0n)],
  ["cached_input_tokens", ({ usage }) => Number(usage?.cachedInputTokens ?? 0n)],
  ["output_tokens", ({ usage }) => Number(usage?.outputTokens ?? 0n)],
  ["reasoning_tokens", ({ usage }) => Number(usage?.reasoningTokens ?? 0n)],
  ["usage_estimated", ({ usageEstimated }) => usageEstimated],
  ["cost_usd", ({ costUsdNanos }) => ({ usdNanos: costUsdNanos })],
  ["baseline_cost_usd", ({ baselineCostUsdNanos }) => ({ usdNanos: baselineCostUsdNanos })],
  ["saved_usd", (entry) => ({ usdNanos: entry.baselineCostUsdNanos - entry.costUsdNanos })],
  ["wasted", ({ wasted }) => wasted],
  ["hedge", ({ hedge }) => hedge],
  ["request_count", ({ requestCount }) => requestCount],
];

export type ExportFormat = "jsonl" | "csv";

/** What stands above the entries. */
export function exportHeader(format: ExportFormat): string {
  return format === "csv" ? csvLine(columnsOf.map(([name]) => name)) : "";
}

/** An entry as a line. */
export function exportLine(entry: LedgerEntry, format: ExportFormat): string {
  return format === "csv" ? csvLine(columnsOf.map(([, read]) => csvCell(read(entry)))) : jsonLine(entry);
}

function csvCell(value: Value): CsvCell {
  if (typeof value !== "object" || "usdNanos" in value) return value;
  return Object.keys(value.labels).length === 0 ? "" : JSON.stringify(value.labels);
}

function jsonLine(entry: LedgerEntry): string {
  const line: Record<string, unknown> = {};
  for (const [name, read] of columnsOf) {
    const value = read(entry);
    if (typeof value !== "object") line[name] = value;
    else if ("usdNanos" in value) line[`${name}_nanos`] = Number(value.usdNanos);
    else line[name] = value.labels;
  }
  return `${JSON.stringify(line)}\n`;
}

/** An enum's value as a word: `TIER_ECONOMY` is `economy`; empty where it says nothing. */
const word = (value: string, prefix: string) =>
  value === `${prefix}UNSPECIFIED` ? "" : value.slice(prefix.length).toLowerCase();
