import { ReportResponse, ReportRow, ReportTotals } from "@switchyard/contracts/budget/v1/budget";
import { describe, expect, it } from "vitest";
import { renderReport } from "./render-report.ts";
import { csvOfReport, jsonOfReport } from "./report-export.ts";

const small = ReportTotals.fromPartial({
  requests: 10n,
  attempts: 9n,
  exactHits: 1n,
  semanticHits: 1n,
  inputTokens: 18_000_000n,
  cachedInputTokens: 1_000_000n,
  outputTokens: 4_000n,
  costUsdNanos: 2_500_000_000n,
  baselineCostUsdNanos: 10_000_000_000n,
  hitBaselineCostUsdNanos: 1_000_000_000n,
  wastedTokens: 20_000n,
  wastedCostUsdNanos: 50_000_000n,
});
const presumed = ReportTotals.fromPartial({ requests: 1n, inputTokens: 500n, costUsdNanos: 7_500_000_001n });
const total = ReportTotals.fromPartial({
  ...small,
  requests: 11n,
  inputTokens: 18_000_500n,
  costUsdNanos: 10_000_000_001n,
});
const report = ReportResponse.fromPartial({
  rows: [
    ReportRow.fromPartial({ feature: "", model: "", totals: presumed }),
    ReportRow.fromPartial({ feature: "se\u001b[2Jarch", model: "small", totals: small }),
  ],
  total,
  rowCount: 5,
  sinceDate: "2026-11-14",
  untilDate: "2026-11-20",
  timeZone: "Europe/Berlin",
});
const by = ["feature", "model"] as const;

describe("the report", () => {
  const text = renderReport(report, by);

  it("begins with the time, the sums and what was saved, by the cache and in all", () => {
    expect(text).toContain("2026-11-14 to 2026-11-20 (Europe/Berlin): 11 requests, 18.0M input (1.0M of it cached)");
    expect(text).toMatch(/ {2}cost +\$10\.00\n/);
    expect(text).toMatch(/ {2}at the baseline model +\$10\.00\n/);
    expect(text).toMatch(/ {4}by the cache +\$1\.00 +10\.0% +18\.2% of requests hit: 1 exact, 1 semantic\n/);
    expect(text).toMatch(/ {2}wasted +\$0\.0500 +0\.5% +of the cost: 20\.0k tokens/);
  });

  it("has a row for each combination, with its share and what a request costs, and their total", () => {
    expect(text).toMatch(/\(none\) +\(presumed\) +1 +500 +0 +\$7\.50 +75\.0% +\$7\.50 +\$0\.00 +-\$7\.50 /);
    expect(text).toMatch(
      / small +10 +18\.0M +4000 +\$2\.50 +25\.0% +\$0\.2500 +\$10\.00 +\$7\.50 +75\.0% +20\.0% +\$0\.0500\n/,
    );
    expect(text).toMatch(/ {2}total +11 /);
    expect(text).toContain("the total includes 3 more rows; --limit shows them");
  });

  it("lets no name reach the terminal's cursor", () => {
    expect(text).not.toContain("\u001b");
    expect(text).toContain("se?[2Jarch");
  });

  it("says that nothing was spent rather than print an empty table", () => {
    const nothing = ReportResponse.fromPartial({ untilDate: "2026-11-20", timeZone: "UTC", total: {} });
    expect(renderReport(nothing, by)).toBe("the beginning to 2026-11-20 (UTC): nothing\n");
  });

  it("is JSON with numbers in nano-USD", () => {
    const json = JSON.parse(jsonOfReport(report, by));
    expect(json).toMatchObject({
      since: "2026-11-14",
      until: "2026-11-20",
      timeZone: "Europe/Berlin",
      by,
      rowCount: 5,
    });
    expect(json.rows[1]).toMatchObject({ model: "small", requests: 10, costUsdNanos: 2.5e9, savedUsdNanos: 7.5e9 });
    expect(json.rows[1]).not.toHaveProperty("tenant");
    expect(json.total.costUsdNanos).toBe(10_000_000_001);
  });

  it("is CSV with exact dollars and one line a row", () => {
    const [header, first, ...others] = csvOfReport(report, by).trimEnd().split("\n");
    expect(header).toBe(
      "feature,model,requests,attempts,exact_hits,semantic_hits,replays,input_tokens,cached_input_tokens,output_tokens," +
        "reasoning_tokens,cost_usd,baseline_cost_usd,saved_usd,cache_saved_usd,wasted_tokens,wasted_cost_usd",
    );
    expect(first).toBe(",,1,0,0,0,0,500,0,0,0,7.500000001,0.000000000,-7.500000001,0.000000000,0,0.000000000");
    expect(others).toHaveLength(1);
  });
});
