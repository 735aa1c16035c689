import { type ReportResponse, ReportTotals } from "@switchyard/contracts/budget/v1/budget";
import { columns } from "../terminal/columns.ts";
import { count, percent, percentDown, tokens, usd } from "../terminal/format.ts";
import { wrap } from "../terminal/wrap.ts";
import type { DimensionName } from "./dimensions.ts";

/** The report as people read it. */
export function renderReport(report: ReportResponse, by: readonly DimensionName[]): string {
  const { total = ReportTotals.create() } = report;
  const isEmpty = total.requests === 0n && total.attempts === 0n && total.costUsdNanos === 0n;
  const sections = isEmpty ? [[`${span(report)}: nothing`]] : [summary(report, total), table(report, total, by), words];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

const span = ({ sinceDate, untilDate, timeZone }: ReportResponse) =>
  `${sinceDate === untilDate ? untilDate : `${sinceDate || "the beginning"} to ${untilDate}`} (${timeZone})`;

function summary(report: ReportResponse, total: ReportTotals): string[] {
  const { inputTokens, cachedInputTokens, outputTokens, costUsdNanos, baselineCostUsdNanos } = total;
  const cached = cachedInputTokens > 0n ? ` (${tokens(Number(cachedInputTokens))} of it cached)` : "";
  const kinds = [
    [total.exactHits, "exact"],
    [total.semanticHits, "semantic"],
    [total.replays, "replayed"],
  ] as const;
  const hits = kinds.filter(([number]) => number > 0n).map(([number, kind]) => `${count(Number(number))} ${kind}`);
  return [
    `${span(report)}: ${count(Number(total.requests))} requests, ` +
      `${tokens(Number(inputTokens))} input${cached} and ${tokens(Number(outputTokens))} output tokens`,
    "",
    ...columns(
      [
        ["  cost", usd(Number(costUsdNanos))],
        ["  at the baseline model", usd(Number(baselineCostUsdNanos))],
        ["  saved", usd(Number(saved(total))), share(saved(total), baselineCostUsdNanos)],
        [
          "    by the cache",
          usd(Number(total.hitBaselineCostUsdNanos)),
          share(total.hitBaselineCostUsdNanos, baselineCostUsdNanos),
          hits.length > 0 ? `${hitRate(total)} of requests hit: ${hits.join(", ")}` : "no hits",
        ],
        [
          "  wasted",
          usd(Number(total.wastedCostUsdNanos)),
          percent(ratio(total.wastedCostUsdNanos, costUsdNanos)),
          `of the cost: ${tokens(Number(total.wastedTokens))} tokens of attempts that did not become the answer`,
        ],
      ],
      { leftFrom: 3 },
    ),
  ];
}

function table(report: ReportResponse, total: ReportTotals, by: readonly DimensionName[]): string[] {
  if (by.length === 0) return [];
  const { rows, rowCount } = report;
  const headers = [
    "requests",
    "input",
    "output",
    "cost",
    "share",
    "a request",
    "baseline",
    "saved",
    "",
    "hits",
    "wasted",
  ];
  const cells = (totals: ReportTotals) => [
    count(Number(totals.requests)),
    tokens(Number(totals.inputTokens)),
    tokens(Number(totals.outputTokens)),
    usd(Number(totals.costUsdNanos)),
    percent(ratio(totals.costUsdNanos, total.costUsdNanos)),
    totals.requests > 0n ? usd(Number(totals.costUsdNanos) / Number(totals.requests)) : "",
    usd(Number(totals.baselineCostUsdNanos)),
    usd(Number(saved(totals))),
    share(saved(totals), totals.baselineCostUsdNanos),
    hitRate(totals),
    usd(Number(totals.wastedCostUsdNanos)),
  ];
  const labels = (names: readonly string[]) => names.map((name, at) => (at === 0 ? `  ${name}` : name));
  const body = rows.map(({ totals = ReportTotals.create(), ...names }) => [
    ...labels(by.map((dimension) => shown(dimension, names[dimension]))),
    ...cells(totals),
  ]);
  const footer = [...labels(["total", ...by.slice(1).map(() => "")]), ...cells(total)];
  const further = rowCount - rows.length;
  return [
    `By ${by.join(" and ")}`,
    ...columns([[...labels(by), ...headers], ...body, footer], { leftColumns: by.length }),
    ...(further > 0 ? [`  the total includes ${count(further)} more rows; --limit shows them`] : []),
  ];
}

const words = wrap(
  "  Saved is against the baseline model without a cache; a hit counts as what the answer would have cost there. An attempt counts " +
    "for its model, its request for the model of the answer. What no process settled is presumed spent in full until it is.",
  "  ",
);

const saved = ({ baselineCostUsdNanos, costUsdNanos }: ReportTotals) => baselineCostUsdNanos - costUsdNanos;

const ratio = (part: bigint, whole: bigint) => (whole === 0n ? 0 : Number(part) / Number(whole));

const share = (part: bigint, whole: bigint) => (whole === 0n ? "" : percentDown(ratio(part, whole)));

function hitRate({ requests, exactHits, semanticHits, replays }: ReportTotals): string {
  return requests > 0n ? percent(Number(exactHits + semanticHits + replays) / Number(requests)) : "";
}

const longestName = 40;

/** A name for the terminal: callers choose it, so it is neither long nor able to move the cursor. */
function shown(dimension: DimensionName, name: string): string {
  if (name === "") return dimension === "model" ? "(presumed)" : "(none)";
  const plain = name.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
  return plain.length > longestName ? `${plain.slice(0, longestName - 3)}...` : plain;
}
