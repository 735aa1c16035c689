import type { Alternative, ExplainResponse, Features } from "@switchyard/contracts/router/v1/router";
import type { RoutingReport } from "@switchyard/contracts/type/v1/routing";
import { columns } from "../terminal/columns.ts";
import { percent } from "../terminal/format.ts";
import { wrap } from "../terminal/wrap.ts";

/** Models shown unless all are asked for. */
const shownModels = 12;

/** An explanation as lines for people. */
export function renderExplanation({ routing, features, alternatives }: ExplainResponse, showsAll: boolean): string {
  if (!routing || !features) return "the router is older than this command: it explains nothing\n";
  const shown = showsAll ? alternatives : alternatives.slice(0, shownModels);
  const left = alternatives.length - shown.length;
  return [
    ...wrap(`${routing.model}: ${routing.reason}`, "  "),
    "",
    ...columns(seen(routing, features), { leftColumns: 2 }),
    "",
    ...columns([heading, ...shown.map(row)], { leftColumns: 3, leftFrom: 8 }),
    ...(left > 0 ? [`... and ${left} more (--all)`] : []),
    "",
    ...wrap(summary(routing), ""),
    "",
  ].join("\n");
}

function seen({ classification, policyVersion, experiment }: RoutingReport, features: Features): string[][] {
  const { odds, unlike, likenesses, needs } = features;
  const kinds = likenesses.map(({ kind, share }) => `${kind} ${percent(share)}`);
  const sureness = (share: number) => `(sure to ${percent(share)})`;
  return [
    ["task", classification ? `${word(classification.task)} ${sureness(classification.taskConfidence)}` : "not asked"],
    [
      "complexity",
      classification
        ? `${classification.complexity.toFixed(2)} ${sureness(classification.complexityConfidence)}`
        : "not asked",
    ],
    ["language", classification?.language || "not known"],
    ["judged by", classification?.classifierVersion || "nobody"],
    ["tokens", `${features.inputTokens} in, ${features.expectedOutputTokens} out, as expected`],
    ["needs", needs.length === 0 ? "nothing special" : needs.join(", ")],
    ["sensitivity", word(features.sensitivity) || "internal"],
    ["wanted", `as good as the baseline with a chance of ${features.qualityTarget}; ${features.policy}`],
    [
      "odds",
      unlike === undefined ? "by tier, task and complexity" : `${odds}, unlike what it knows: ${percent(unlike)}`,
    ],
    ...(kinds.length > 0 ? [["resembles", kinds.join(", ")]] : []),
    ...(policyVersion ? [["policy", policyVersion]] : []),
    ...(experiment ? [["experiment", experiment]] : []),
  ];
}

const heading = ["", "model", "tier", "good enough", "before", "learned", "costs", "of baseline", "why not"];

function row(alternative: Alternative): string[] {
  const { place, model, tier, adequacy, prior, shift, estimatedCostUsdNanos, costBesideBaseline, detail } = alternative;
  return [
    place > 0 ? `${place}.` : "",
    model,
    word(tier),
    adequacy.toFixed(3),
    prior.toFixed(3),
    shift === 0 ? "" : `${shift > 0 ? "+" : ""}${shift.toFixed(2)}`,
    fine(estimatedCostUsdNanos),
    costBesideBaseline === undefined ? "" : percent(costBesideBaseline),
    detail,
  ];
}

function summary({ costUsdNanos, baselineCostUsdNanos, baselineModel, cascade }: RoutingReport): string {
  const saved = baselineCostUsdNanos > 0n ? 1 - Number(costUsdNanos) / Number(baselineCostUsdNanos) : 0;
  const costs = `It is expected to cost ${fine(costUsdNanos)}; ${baselineModel} would cost ${fine(baselineCostUsdNanos)}`;
  const beside = saved >= 0 ? `${percent(saved)} saved` : `${percent(-saved)} more`;
  const trial = cascade
    ? ` ${cascade.model} is tried first and its answer is checked: accepted with a chance of ${percent(cascade.acceptance)}, ` +
      `${fine(cascade.expectedCostUsdNanos)} expected in all beside ${fine(cascade.directCostUsdNanos)}.`
    : "";
  return `${costs}: ${beside}.${trial}`;
}

/** An enum's value as a word: `TIER_ECONOMY` is `economy`. */
const word = (value: string) =>
  value
    .slice(value.indexOf("_") + 1)
    .toLowerCase()
    .replace("unspecified", "");

/** Money in dollars with as many digits as one request needs. */
const fine = (nanos: bigint) => `$${(Number(nanos) / 1e9).toFixed(nanos !== 0n && nanos < 10_000_000n ? 7 : 4)}`;
