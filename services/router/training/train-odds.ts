import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { logistic, logOdds } from "../src/domain/odds/odds.ts";
import { encodeWeights, type OddsHeader } from "../src/domain/odds/weights.ts";
import { cardOf } from "./card.ts";
import { chooseVocabulary, type Examples, readExamples } from "./examples.ts";
import { fitLogistic, learn, mixReading, ownSharesOf, predict, settings } from "./learn.ts";
import { chooseOperatingPoints } from "./operating-points.ts";
import { headsWithOwnWords } from "./own-words.ts";
import { quantized } from "./quantize.ts";
import { foldOf, hashOfFiles, setOf } from "./routing-data.ts";
import { readTrainingSet, type TrainingSet } from "./training-set.ts";
import { growGroup, type Judgements, judgeRows, plotsOf } from "./tree-groups.ts";

// Learns the routing odds: node train-odds.ts --data FOLDER [--unlike FILE] [--out FOLDER] [--out-of-fold FILE]
// The same data gives the same weights. FILE of --out-of-fold keeps the cross-validation for the next run.

const folds = 5;
const vocabularySize = 65_535;
const fewestTexts = 3;

const { values: options } = parseArgs({
  options: {
    data: { type: "string" },
    unlike: { type: "string" },
    out: { type: "string", default: join(import.meta.dirname, "../weights") },
    "out-of-fold": { type: "string" },
  },
});
if (!options.data) throw new TypeError("which folder of routing data? --data FOLDER");

const say = (line: string) => process.stderr.write(`${line}\n`);
const set = readTrainingSet(options.data, options.unlike);
const vocabulary = chooseVocabulary(set.texts, fewestTexts, vocabularySize);
const examples = readExamples(set.texts, vocabulary);
say(
  `${set.rows.length} prompts, ${set.texts.length - set.rows.length} unlike them, ${vocabulary.buckets.length} features`,
);

const ownHeads = headsWithOwnWords(set.heads);
const ownShares = ownSharesOf(set.heads, ownHeads);
const parts = set.texts.map((text) => foldOf(text, folds));
const linear = outOfFold(set, examples, vocabulary.buckets.length);
const raw = mixed(set, linear);
const plots = plotsOf(set, examples, linear, ownHeads);
for (const plot of plots) {
  for (let fold = 0; fold < folds; fold++) {
    const group = growGroup(plot, set, (row) => parts[row] !== fold);
    judgeRows(plot, group, (row) => parts[row] === fold, set.heads.length, raw);
  }
}
const trees = plots.map((plot) => growGroup(plot, set, () => true));
const calibrations = set.heads.map((_, head) => calibrate(set, raw, head));
const heads = new Map(set.heads.map((name, head) => [name, head]));
const chanceOf = (row: number, name: string) => {
  const head = heads.get(name) as number;
  const [offset, slope] = calibrations[head] as readonly [number, number];
  return logistic(offset + slope * logOdds(raw[row * set.heads.length + head] as number));
};
const comparisons = compare(set, chanceOf);
const asGood = fitLogistic(
  comparisons.map(({ gap }) => gap),
  comparisons.map(({ asGood }) => asGood),
);

say("learning from all prompts");
const everything = Array.from(set.texts, (_, row) => row);
const { net, table, means } = learn(examples, set.labels, everything, vocabulary.buckets.length, ownHeads);
const numbers = quantized(net, vocabulary);
const round = (values: Iterable<number>) => Array.from(values, (value) => Number(value.toFixed(4)));
const rowOf = (weights: Float32Array, row: number) =>
  round(weights.subarray(row * net.dimensions, (row + 1) * net.dimensions - ownHeads.length));
const dataHash = hashOfFiles(set.paths);
const header: OddsHeader = {
  format: "switchyard-odds/2",
  version: `odds-${createHash("sha256").update(numbers.words).update(JSON.stringify(trees)).digest("hex").slice(0, 8)}`,
  dimensions: net.dimensions,
  features: vocabulary.buckets.length,
  wordSteps: numbers.wordSteps,
  rarityStep: numbers.rarityStep,
  structure: round(net.structure),
  bias: round(net.bias),
  heads: set.heads.map((name, head) => ({
    name,
    weights: rowOf(net.heads.weights, head),
    bias: round([net.heads.bias[head] as number])[0] as number,
    calibration: round(calibrations[head] as readonly [number, number]) as unknown as readonly [number, number],
    mean: round([means[head] as number])[0] as number,
  })),
  sources: set.sources.map((name, source) => ({
    name,
    weights: rowOf(net.sources.weights, source),
    bias: round([net.sources.bias[source] as number])[0] as number,
    scores: round(table.subarray(source * set.heads.length, (source + 1) * set.heads.length)),
  })),
  unlike: set.unlike,
  tableShare: settings.tableShare,
  ownHeads,
  ownShares,
  trees,
  asGood,
};
const points = chooseOperatingPoints(set.rows, chanceOf);
mkdirSync(options.out, { recursive: true });
const weights = encodeWeights(header, vocabulary.buckets, numbers.rarities, numbers.words);
writeFileSync(join(options.out, "odds.bin"), weights);
writeFileSync(join(options.out, "odds-operating-points.json"), `${JSON.stringify(points, null, 2)}\n`);
const card = cardOf({ set, header, dataHash, chanceOf, comparisons, bytes: weights.length });
writeFileSync(join(options.out, "odds.md"), card);
say(card);

/** Linear judgements of all rows, each by a net that had not seen its question. */
function outOfFold({ rows, labels, unlike }: TrainingSet, from: Examples, featureCount: number): Judgements {
  const shared = new Float64Array(rows.length * labels.headCount);
  const own = new Float64Array(rows.length * ownHeads.length);
  const file = options["out-of-fold"];
  if (file && existsSync(file)) {
    const kept = new Float64Array(new Uint8Array(readFileSync(file)).buffer);
    return { shared: kept.slice(0, shared.length), own: kept.slice(shared.length) };
  }
  for (let fold = 0; fold < folds; fold++) {
    say(`cross-validation, part ${fold + 1} of ${folds}`);
    const seen = [...parts.keys()].filter((row) => parts[row] !== fold);
    const learnt = learn(from, labels, seen, featureCount, ownHeads);
    for (let row = 0; row < rows.length; row++) {
      if (parts[row] !== fold) continue;
      const reading = predict(learnt, from, row, labels, unlike);
      shared.set(reading.shared, row * labels.headCount);
      own.set(reading.own, row * ownHeads.length);
    }
  }
  if (file) {
    const kept = new Float64Array(shared.length + own.length);
    kept.set(shared);
    kept.set(own, shared.length);
    writeFileSync(file, new Uint8Array(kept.buffer));
  }
  return { shared, own };
}

/** Chances of all heads for all rows, mixed from the linear judgements. */
function mixed({ rows, heads }: TrainingSet, { shared, own }: Judgements): Float64Array {
  const chances = new Float64Array(shared.length);
  for (let row = 0; row < rows.length; row++) {
    const reading = {
      shared: shared.subarray(row * heads.length, (row + 1) * heads.length),
      own: own.subarray(row * ownHeads.length, (row + 1) * ownHeads.length),
    };
    chances.set(mixReading(reading, ownHeads, ownShares), row * heads.length);
  }
  return chances;
}

function calibrate({ labels }: TrainingSet, chances: Float64Array, head: number): readonly [number, number] {
  const xs: number[] = [];
  const ys: number[] = [];
  for (const [row, outcomes] of labels.outcomes.entries()) {
    const outcome = outcomes.find(([one]) => one === head);
    if (!outcome) continue;
    xs.push(logOdds(chances[row * labels.headCount + head] as number));
    ys.push(outcome[1]);
  }
  return fitLogistic(xs, ys);
}

/** Every model beside the best one of its set: the predicted gap, and whether its answer was as good. */
function compare({ rows, heads }: TrainingSet, chance: (row: number, name: string) => number) {
  const best = new Map<string, { name: string; mean: number }>();
  for (const name of heads) {
    const [of, model] = name.split("|") as [string, string];
    const scores = rows.flatMap((row) => (setOf(row) === of && row.models[model] ? [row.models[model].score] : []));
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    if (mean > (best.get(of)?.mean ?? 0)) best.set(of, { name: model, mean });
  }
  return rows.flatMap((row, index) => {
    const of = setOf(row);
    const baseline = best.get(of)?.name ?? "";
    const goal = row.models[baseline];
    if (!goal) return [];
    const baselineChance = chance(index, `${of}|${baseline}`);
    return Object.entries(row.models).flatMap(([model, { score }]) =>
      model === baseline
        ? []
        : [{ set: of, gap: chance(index, `${of}|${model}`) - baselineChance, asGood: score >= goal.score ? 1 : 0 }],
    );
  });
}
