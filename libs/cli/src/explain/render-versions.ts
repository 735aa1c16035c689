import type { ComparePolicyVersionsResponse, PolicyVersion } from "@switchyard/contracts/router/v1/router";
import { columns } from "../terminal/columns.ts";
import { count } from "../terminal/format.ts";

/** Differences shown. */
const shown = 30;

/** Versions of the policy as lines for people. */
export function renderVersions(versions: readonly PolicyVersion[]): string {
  const rows = versions.map(({ name, madeAt, outcomeCount, cellCount, cause, active, pinned }) => [
    active ? "*" : "",
    name,
    madeAt?.toISOString().slice(0, 16).replace("T", " ") ?? "",
    count(Number(outcomeCount)),
    count(cellCount),
    pinned ? `${cause} (pinned)` : cause,
  ]);
  const heading = ["", "version", "made (UTC)", "outcomes", "cells", "because"];
  return `${columns([heading, ...rows], { leftColumns: 3, leftFrom: 5 }).join("\n")}\n`;
}

/** What two versions say differently, as lines for people. */
export function renderComparison(answer: ComparePolicyVersionsResponse, from: string, to: string): string {
  const { differences, replayedCount, changedCount, fromCostUsdNanos, toCostUsdNanos } = answer;
  const rows = differences
    .slice(0, shown)
    .map(({ model, task, fromOutcomeCount, toOutcomeCount, fromShift, toShift }) => [
      model,
      task.slice("TASK_".length).toLowerCase(),
      count(Number(fromOutcomeCount)),
      count(Number(toOutcomeCount)),
      fromShift.toFixed(2),
      toShift.toFixed(2),
    ]);
  const heading = ["model", "task", "outcomes", "then", "log-odds", "then"];
  const table = columns([heading, ...rows], { leftColumns: 2 });
  const usd = (nanos: bigint) => `$${(Number(nanos) / 1e9).toFixed(6)}`;
  return [
    ...(rows.length === 0 ? [`${from} and ${to} say the same`] : table),
    ...(differences.length > shown ? [`... and ${differences.length - shown} more (--json)`] : []),
    "",
    replayedCount === 0
      ? "no requests are kept to decide once more"
      : `of the last ${replayedCount} requests ${changedCount} would go to another model first: ` +
        `${usd(fromCostUsdNanos)} by ${from}, ${usd(toCostUsdNanos)} by ${to}, as estimated`,
    "",
  ].join("\n");
}
