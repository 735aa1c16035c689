/** One prompt of a pair: how well each answered, what each cost, and the score that sends it to the strong one. */
export interface Scored {
  readonly strong: number;
  readonly cheap: number;
  readonly strongCost: number;
  readonly cheapCost: number;
  /** What the strong model alone would cost, where `strongCost` holds more. */
  readonly aloneCost?: number;
  /** The higher, the sooner the strong model is asked. */
  readonly score: number;
}

/** A point of a cost-quality curve. */
export interface CurvePoint {
  /** Share of the prompts that the strong model answers. */
  readonly strongShare: number;
  readonly quality: number;
}

export interface RecoveredGain {
  /** Average share of the gap between cheap and strong that routing recovers; 0.5 is random. */
  readonly apgr: number;
  /** Share of strong calls at which half, or four fifths, of the gap are recovered; 0 to 1. */
  readonly cpt50: number;
  readonly cpt80: number;
  readonly curve: readonly CurvePoint[];
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const bins = 10;

/**
 * The measures of RouteLLM: thresholds at the edges of ten quantile bins of the scores, equal edges once; the area under
 * quality over strong share by trapezoids, beside the areas of always cheap and always strong.
 */
export function recoveredGain(prompts: readonly Scored[]): RecoveredGain {
  const cheap = mean(prompts.map((prompt) => prompt.cheap));
  const strong = mean(prompts.map((prompt) => prompt.strong));
  const sorted = prompts.map(({ score }) => score).sort((a, b) => a - b);
  const edges = [...new Set(Array.from({ length: bins + 1 }, (_, bin) => quantile(sorted, bin / bins)))];
  const points = edges.map((edge, index) =>
    pointAt(prompts, (score) => (index < edges.length - 1 ? score >= edge : score > edge)),
  );
  const curve = [{ strongShare: 0, quality: cheap }, ...points.reverse(), { strongShare: 1, quality: strong }];
  let area = 0;
  for (const [index, point] of curve.entries()) {
    const before = curve[index - 1];
    if (before) area += ((point.strongShare - before.strongShare) * (point.quality + before.quality)) / 2;
  }
  return {
    apgr: (area - cheap) / (strong - cheap),
    cpt50: shareAt(curve, cheap + 0.5 * (strong - cheap)),
    cpt80: shareAt(curve, cheap + 0.8 * (strong - cheap)),
    curve,
  };
}

/** The value below which a share of sorted numbers lies, linear between neighbours, as pandas has it. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] as number;
  const above = sorted[Math.ceil(place)] as number;
  return below + (place - Math.floor(place)) * (above - below);
}

function pointAt(prompts: readonly Scored[], isStrong: (score: number) => boolean): CurvePoint {
  let strong = 0;
  let quality = 0;
  for (const prompt of prompts) {
    if (isStrong(prompt.score)) strong++;
    quality += isStrong(prompt.score) ? prompt.strong : prompt.cheap;
  }
  return { strongShare: strong / prompts.length, quality: quality / prompts.length };
}

/** Where the curve first reaches a quality, linear between points; 1 where it never does. */
function shareAt(curve: readonly CurvePoint[], quality: number): number {
  const index = curve.findIndex((point) => point.quality >= quality);
  const [before, at] = [curve[index - 1], curve[index]];
  if (!at) return 1;
  if (!before || at.quality === before.quality) return at.strongShare;
  const part = (quality - before.quality) / (at.quality - before.quality);
  return before.strongShare + part * (at.strongShare - before.strongShare);
}

/** What routing at a threshold costs and reaches, beside asking the strong model always. */
export interface Operation {
  /** Share of the strong model's cost that is saved. */
  readonly saved: number;
  /** Quality reached as a share of the strong model's. */
  readonly quality: number;
  readonly strongShare: number;
}

/** Routes prompts with a score of at least `threshold` to the strong model. */
export function operate(prompts: readonly Scored[], threshold: number): Operation {
  let cost = 0;
  let full = 0;
  let quality = 0;
  let strongQuality = 0;
  let strong = 0;
  for (const prompt of prompts) {
    const isStrong = prompt.score >= threshold;
    cost += isStrong ? prompt.strongCost : prompt.cheapCost;
    quality += isStrong ? prompt.strong : prompt.cheap;
    full += prompt.aloneCost ?? prompt.strongCost;
    strongQuality += prompt.strong;
    if (isStrong) strong++;
  }
  return { saved: 1 - cost / full, quality: quality / strongQuality, strongShare: strong / prompts.length };
}

/** The threshold that saves most while these prompts keep the share `target` of the strong model's quality. */
export function chooseThreshold(prompts: readonly Scored[], target: number): number {
  const sorted = [...prompts].sort((a, b) => b.score - a.score);
  const wanted = target * sorted.reduce((sum, prompt) => sum + prompt.strong, 0);
  let quality = sorted.reduce((sum, prompt) => sum + prompt.cheap, 0);
  let saving = sorted.reduce((sum, prompt) => sum + prompt.strongCost - prompt.cheapCost, 0);
  let best = { saving: 0, threshold: Number.NEGATIVE_INFINITY };
  if (quality >= wanted) best = { saving, threshold: Number.POSITIVE_INFINITY };
  for (const [index, prompt] of sorted.entries()) {
    quality += prompt.strong - prompt.cheap;
    saving -= prompt.strongCost - prompt.cheapCost;
    const isEdge = sorted[index + 1]?.score !== prompt.score;
    if (isEdge && quality >= wanted && saving > best.saving) best = { saving, threshold: prompt.score };
  }
  return best.threshold;
}
