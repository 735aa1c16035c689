import { columns } from "../terminal/columns.ts";
import { count, percentDown, tokens, usd } from "../terminal/format.ts";
import { wrap } from "../terminal/wrap.ts";
import { renderRepetition } from "./render-repetition.ts";
import type { AuditResult, Bill, Bucket } from "./result.ts";

/** Where the policy was asked. */
export interface PolicySource {
  readonly address: string;
  readonly isPrivate: boolean;
}

/** The audit as people read it. */
export function renderAudit(result: AuditResult, source: PolicySource): string {
  const sections = [
    money(result),
    useBuckets(result.buckets),
    ...renderRepetition(result.repetition),
    leftOut(result),
    certainty(result, source),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function money({ total }: AuditResult): string[] {
  const margin = total.extrapolated > 0 ? `+- ${usd(total.policyMarginUsdNanos)}` : "";
  const saved = total.todayUsdNanos - total.policyUsdNanos;
  const cached = total.cachedInputTokens > 0 ? ` (${tokens(total.cachedInputTokens)} of it cached)` : "";
  return [
    `${count(total.requests)} requests, ${tokens(total.inputTokens)} input${cached} and ${tokens(total.outputTokens)} output tokens`,
    "",
    ...columns([
      ["  today", usd(total.todayUsdNanos)],
      ["  under the policy", usd(total.policyUsdNanos), margin],
      ["  saved", usd(saved), percentDown(total.savedShare)],
    ]),
  ];
}

const bucketsShown = 30;
const modelsShown = 3;

function useBuckets(buckets: readonly Bucket[]): string[] {
  const rows = buckets.slice(0, bucketsShown).map((bucket) => [
    `  ${bucket.volume}`,
    bucket.stakes,
    bucket.task,
    count(bucket.requests),
    tokens(bucket.inputTokens),
    tokens(bucket.outputTokens),
    usd(bucket.todayUsdNanos),
    usd(bucket.policyUsdNanos),
    percentDown(bucket.savedShare),
    goesTo(bucket),
    bucket.features
      .map((feature) => feature || "(no feature)")
      .slice(0, 3)
      .join(", "),
  ]);
  const header = ["  volume", "stakes", "task", "requests", "input", "output", "today", "policy", "saved"];
  const further = buckets.length - rows.length;
  return [
    "By use pattern",
    ...columns([[...header, "goes to", "features"], ...rows], { leftColumns: 3, leftFrom: header.length }),
    ...(further > 0 ? [`  and ${further} smaller ones; --json lists them`] : []),
  ];
}

function goesTo({ models }: Bill): string {
  if (models.length === 1) return models[0]?.model ?? "";
  const shown = models.slice(0, modelsShown).map(({ model, share }) => `${model} ${Math.round(share * 100)}%`);
  return shown.join(", ");
}

function leftOut({ reading, unpriced, sampling, hasOtherFeatures }: AuditResult): string[] {
  const unpricedModels = Object.entries(unpriced).sort(([, a], [, b]) => b - a);
  const unpricedRequests = unpricedModels.reduce((sum, [, requests]) => sum + requests, 0);
  const kept = Object.entries(sampling.kept);
  const lines = [
    ...(unpricedRequests > 0
      ? [
          `  requests of models without a known price, in neither bill (give it by --price): ${count(unpricedRequests)}; ` +
            unpricedModels
              .slice(0, 5)
              .map(([model, requests]) => `${model} (${count(requests)})`)
              .join(", "),
        ]
      : []),
    ...(reading.failedRequests > 0 ? [`  failed requests: ${count(reading.failedRequests)}`] : []),
    ...(reading.unusableLines > 0 ? [`  lines that could not be used: ${count(reading.unusableLines)}, such as`] : []),
    ...reading.problems.map(({ line, message }) => `    ${line > 0 ? `line ${line}: ` : ""}${message}`),
    ...kept.map(
      ([reason, requests]) => `  requests of the sample that stay at today's model (${reason}): ${count(requests)}`,
    ),
    ...(hasOtherFeatures ? ["  there are many features: those that came late are counted together"] : []),
  ];
  return lines.length > 0 ? ["Left out", ...lines] : [];
}

function certainty({ total, sampling, estimatedTokens }: AuditResult, source: PolicySource): string[] {
  const router = source.isPrivate
    ? "a private router with your configuration, every model of it taken as reachable"
    : `the router at ${source.address}`;
  const exact = [
    "requests, tokens as the log has them, and today's bill at the catalogue's prices",
    ...(estimatedTokens > 0
      ? [`but ${count(estimatedTokens)} requests have no usage in the log: theirs are estimated`]
      : []),
  ];
  const policy = [
    `the policy's bill: ${count(sampling.asked)} requests were put to ${router}, as if sent with model "auto"`,
    ...(total.extrapolated > 0
      ? [`the other ${count(total.extrapolated)} are extrapolated, and +- is the 95% interval of that`]
      : []),
    ...(sampling.invented > 0
      ? [
          `${count(sampling.invented)} of them have no prompt in the log: a neutral one of their length and task stood in`,
        ]
      : []),
    "the token counts are the same for every model, no answer comes from the cache, and whether the answers are as good is not measured here",
  ];
  const words = [
    "task as the log says, or else as the classifier takes most of the prompts",
    "volume by the feature's share of all requests: high from 10%, medium from 1%",
    "stakes as the log or the options say, or else medium",
  ];
  return [
    "How sure this is",
    ...paragraph("Exact", exact),
    ...paragraph("Estimated", policy),
    ...paragraph("Use patterns", words),
  ];
}

const paragraph = (label: string, clauses: readonly string[]) => wrap(`  ${label}: ${clauses.join("; ")}.`, "    ");
