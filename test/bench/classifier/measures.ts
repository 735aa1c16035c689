/** One judged prompt. */
export interface Judged {
  readonly source: string;
  readonly task: string;
  readonly judgedTask: string;
  /** Stated chance that the judged task is right. */
  readonly confidence: number;
}

/** The share of right judgements; 0 of none. */
export function accuracyOf(judged: readonly Judged[]): number {
  const right = judged.filter(({ task, judgedTask }) => task === judgedTask).length;
  return judged.length === 0 ? 0 : right / judged.length;
}

/** The mean over the tasks that occur of the harmonic mean of precision and recall. */
export function macroF1Of(judged: readonly Judged[]): number {
  const tasks = [...new Set(judged.map(({ task }) => task))];
  const scores = tasks.map((name) => {
    const right = judged.filter(({ task, judgedTask }) => task === name && judgedTask === name).length;
    const claimed = judged.filter(({ judgedTask }) => judgedTask === name).length;
    const present = judged.filter(({ task }) => task === name).length;
    return (2 * right) / (claimed + present);
  });
  return scores.length === 0 ? 0 : scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** Expected calibration error: how far the stated confidence is from the accuracy, over ten bins of equal width. */
export function calibrationErrorOf(judged: readonly Judged[]): number {
  const gaps = new Float64Array(10);
  for (const { confidence, task, judgedTask } of judged) {
    const bin = Math.min(9, Math.floor(10 * confidence));
    gaps[bin] = (gaps[bin] as number) + confidence - (task === judgedTask ? 1 : 0);
  }
  return judged.length === 0 ? 0 : gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / judged.length;
}

/** The part of the judgements, from 0 to 1, that were stated with most confidence. */
export function mostConfident(judged: readonly Judged[], part: number): Judged[] {
  return judged.toSorted((a, b) => b.confidence - a.confidence).slice(0, Math.round(part * judged.length));
}

/** How often each task was taken for each. */
export function confusionOf(judged: readonly Judged[]): Readonly<Record<string, Readonly<Record<string, number>>>> {
  const confusion: Record<string, Record<string, number>> = {};
  for (const { task, judgedTask } of judged) {
    confusion[task] ??= {};
    const row = confusion[task];
    row[judgedTask] = (row[judgedTask] ?? 0) + 1;
  }
  return confusion;
}

/** Area under the ROC curve: the chance that a score of a true one is above that of a false one; ties count half. */
export function areaUnderCurve(
  items: readonly { readonly score: number; readonly isTrue: boolean }[],
): number | undefined {
  const sorted = items.toSorted((a, b) => a.score - b.score);
  let ranks = 0;
  let trues = 0;
  for (let from = 0; from < sorted.length; ) {
    let to = from;
    while (to < sorted.length && sorted[to]?.score === sorted[from]?.score) to++;
    for (let at = from; at < to; at++) {
      if (!sorted[at]?.isTrue) continue;
      ranks += (from + to + 1) / 2;
      trues++;
    }
    from = to;
  }
  const falses = sorted.length - trues;
  return trues === 0 || falses === 0 ? undefined : (ranks - (trues * (trues + 1)) / 2) / (trues * falses);
}

/** The value below which a share of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
