import type { IntentsReport } from "./intents-bench.ts";
import type { PairsReport, SideBySide } from "./pairs-bench.ts";
import type { StreamReport } from "./stream-bench.ts";

export interface SemanticReport {
  readonly files: Record<
    string,
    (PairsReport & { readonly stream?: StreamReport }) | { readonly intents: IntentsReport }
  >;
  /** Microseconds to embed a prompt and verify it against one candidate. */
  readonly usPerPrompt: { readonly p50: number; readonly p99: number };
  readonly versions: { readonly embedder: string; readonly verifier: string };
  readonly thresholds: { readonly falseHitBudget: number; readonly verified: number; readonly cosine: number };
}

/** The report as a table for people: the verifier's figure, and the cosine's after a stroke. */
export function renderReport(report: SemanticReport): string {
  const lines: string[] = [];
  for (const [stem, file] of Object.entries(report.files)) {
    lines.push("", stem);
    if ("intents" in file) lines.push(...intentLines(file.intents));
    else lines.push(...pairLines(file), ...(file.stream ? streamLines(file.stream) : []));
  }
  const { usPerPrompt, thresholds } = report;
  lines.push(
    "",
    `embed and verify: ${usPerPrompt.p50.toFixed(0)} us a prompt (p50), ${usPerPrompt.p99.toFixed(0)} us (p99)`,
    `budget ${percent(thresholds.falseHitBudget)}: probability ${thresholds.verified}, cosine ${thresholds.cosine}`,
  );
  return `${lines.join("\n").trim()}\n`;
}

const percent = (value: number | null) => (value === null ? "-" : `${(value * 100).toFixed(1)}%`);
const figure = (value: number | null) => (value === null ? "-" : value.toFixed(3));
const header = "pairs      AUC         recall@1%     @0.1%        @prec. 95%    @prec. 90%    false hits    served";

function pairLines(file: PairsReport): string[] {
  const rows: [string, SideBySide][] = [
    ["overall", file],
    ...Object.entries(file.sources),
    ...Object.entries(file.kinds),
  ];
  if (file.lastTurnsOnly) rows.push(["last turns only", file.lastTurnsOnly]);
  return [`${"".padEnd(34)}${header}`, ...rows.map(([name, row]) => pairLine(name, row))];
}

function pairLine(name: string, { cosine, ...own }: SideBySide): string {
  const cells = [
    String(own.pairs),
    `${figure(own.auc)}|${figure(cosine.auc)}`,
    `${percent(own.recallAt1pct)}|${percent(cosine.recallAt1pct)}`,
    `${percent(own.recallAt01pct)}|${percent(cosine.recallAt01pct)}`,
    `${percent(own.recallAtPrecision95)}|${percent(cosine.recallAtPrecision95)}`,
    `${percent(own.recallAtPrecision90)}|${percent(cosine.recallAtPrecision90)}`,
    `${percent(own.decision.falseHitRate)}|${percent(cosine.decision.falseHitRate)}`,
    `${percent(own.decision.hitRate)}|${percent(cosine.decision.hitRate)}`,
  ];
  return `${name.slice(0, 32).padEnd(34)}${cells.map((cell) => cell.padEnd(13)).join(" ")}`;
}

function intentLines(report: IntentsReport): string[] {
  const line = (name: string, { verified, cosine }: Pick<IntentsReport, "verified" | "cosine">) =>
    `${name}: hits on another intent ${percent(verified.falseHitRate)} (${percent(verified.falseHitInterval[0])} to ${percent(verified.falseHitInterval[1])}), cosine ${percent(cosine.falseHitRate)}; on the same intent ${percent(verified.sameIntentHitRate)}, cosine ${percent(cosine.sameIntentHitRate)}`;
  return [
    `${report.asked} of ${report.texts} texts asked, the nearest is of the same intent for ${percent(report.nearestOfSameIntent)}`,
    line("all stored", report),
    line("only other intents stored", report.withoutOwnIntent),
  ];
}

function streamLines({ asked, answerable, falseHitBudget, ...methods }: StreamReport): string[] {
  const line = (name: "verified" | "cosine") => {
    const hits = methods[name];
    return `  ${name}: ${hits.correct} right, ${hits.wrong} wrong, ${hits.unlabelled} unlabelled; wrong or unlabelled ${percent(hits.wrongOfAsked)} of asked (${percent(hits.wrongOfAskedInterval[0])} to ${percent(hits.wrongOfAskedInterval[1])}), ${percent(hits.wrongOfHits)} of hits; served ${percent(hits.servedOfAnswerable)} of answerable`;
  };
  return [
    `stream: ${asked} asked, ${answerable} answerable, budget ${percent(falseHitBudget)}`,
    line("verified"),
    line("cosine"),
  ];
}
