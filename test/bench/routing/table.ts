import type { SetMeasures } from "./measure-set.ts";

/** The result as lines for people. */
export function tableOf(result: {
  readonly sets: Readonly<Record<string, Omit<SetMeasures, "curve">>>;
  readonly usPerDecision: { readonly p50: number; readonly p99: number };
  readonly weights: string;
}): string {
  const percent = (value: number) => `${(100 * value).toFixed(1)}%`;
  const lines = Object.entries(result.sets).flatMap(([name, set]) => [
    `${name}: ${set.prompts} prompts`,
    ...(set.pairs ?? [set]).flatMap((pair) => {
      const saved = Object.entries(pair.saved).map(
        ([target, share]) => `${target}: ${percent(share)} (reached ${percent(pair.reached[target] ?? 0)})`,
      );
      const cascade = Object.entries(pair.cascade?.saved ?? {}).map(
        ([target, share]) => `${target}: ${percent(share)} (reached ${percent(pair.cascade?.reached[target] ?? 0)})`,
      );
      const auc = pair.outcomeAuc ?? {};
      const line = `  ${pair.strong} / ${pair.cheap}: APGR ${pair.apgr.toFixed(3)}, CPT50 ${percent(pair.cpt50)}, CPT80 ${percent(pair.cpt80)}; saved at ${saved.join(", ")}; AUC cheap is good ${auc.good?.toFixed(3) ?? "-"}, as good ${auc.asGood?.toFixed(3) ?? "-"}`;
      return pair.cascade
        ? [line, `    cascade: APGR ${pair.cascade.apgr.toFixed(3)}; saved at ${cascade.join(", ")}`]
        : [line];
    }),
    ...(set.frontier
      ? [
          `  ${set.frontier.models.length} models: ${set.gainPoints?.toFixed(1)} points over ${set.frontier.bestSingle.model} (${percent(set.frontier.bestSingle.score)}); saves ${percent(set.savedAtEqualScore ?? 0)} at ${set.equalScorePoints?.toFixed(1)} points beside it; oracle ${percent(set.frontier.oracle.score)}`,
        ]
      : []),
  ]);
  const { p50, p99 } = result.usPerDecision;
  return [...lines, `a decision among 200 candidates: p50 ${p50} µs, p99 ${p99} µs (${result.weights})`, ""].join("\n");
}
