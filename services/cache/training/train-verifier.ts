import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { cosine, createEmbedder, loadEmbedder } from "@switchyard/text";
import { readNearWords, readQuestionLines } from "../../../libs/text/training/question-grammar.ts";
import { readPlainTexts, readSemanticData, rocAuc, seededRandom } from "../../../libs/text/training/semantic-data.ts";
import { align } from "../src/domain/verify/alignment.ts";
import { featureDirections, featureNames, pairFeatures } from "../src/domain/verify/pair-features.ts";
import { type PreparedPrompt, preparePrompt } from "../src/domain/verify/prepared-prompt.ts";
import { sumOfTrees, type Trees } from "../src/domain/verify/trees.ts";
import type { VerifierWeights } from "../src/domain/verify/verifier.ts";
import { findVeto } from "../src/domain/verify/vetoes.ts";
import { type TrainingRow, trainTrees } from "./boosted-trees.ts";
import { calibrate, type ScoredPair } from "./calibrate.ts";
import { learnRelations } from "./learned-relations.ts";
import { madePairs } from "./made-pairs.ts";
import { retrievedTwins } from "./retrieved-twins.ts";
import { rarityLevels, withLightWords } from "./vocabulary.ts";

const { values: options } = parseArgs({
  options: {
    data: { type: "string" },
    /** Folder of the routing data, for how common words are. */
    texts: { type: "string" },
    /** Trains on every source, for measuring only: such weights must not ship. */
    all: { type: "boolean", default: false },
    embedder: { type: "string" },
    out: { type: "string" },
    /** Writes the examples with their probabilities here, to look at. */
    examples: { type: "string" },
    rounds: { type: "string", default: "120" },
    depth: { type: "string", default: "4" },
    rate: { type: "string", default: "0.12" },
  },
});
if (!options.data)
  throw new Error("usage: train-verifier.ts --data DIR [--texts DIR --embedder FILE --all --out FILE]");
const outFile = options.out ?? new URL("../src/domain/verify/verifier.weights.json", import.meta.url).pathname;
const print = (line: string) => process.stdout.write(`${line}\n`);

interface Pair {
  readonly a: string;
  readonly b: string;
  readonly same: boolean;
  readonly source: string;
  readonly kind: string;
}

const random = seededRandom(20260502);
const embedder = options.embedder ? createEmbedder(readFileSync(options.embedder)) : loadEmbedder();
const data = readSemanticData(options.data, "train", options.all);
const texts = [...new Set([...data.pairs.flatMap(({ a, b }) => [a, b]), ...data.intents.map(({ text }) => text)])];
const plain = options.texts ? readPlainTexts(options.texts) : undefined;
const vocabulary = rarityLevels([...texts, ...(plain?.texts ?? [])]);
const nearWordsHash = createHash("sha256");
const nearWords = readNearWords((text) => nearWordsHash.update(text));
const vocabularyWithLight = withLightWords(vocabulary, nearWords.light);
const relations = learnRelations(readQuestionLines(), nearWords);
const rarities = new Map(
  vocabularyWithLight.flatMap(({ rarity, stems }) => stems.split(" ").map((stem) => [stem, rarity])),
);
const rarityOf = (stem: string) => rarities.get(stem) ?? 1;

const known = new Map<string, { prompt: PreparedPrompt; vector: Float32Array }>();
function read(text: string) {
  let found = known.get(text);
  if (!found) {
    found = { prompt: preparePrompt(text, rarityOf), vector: embedder.embed(text) };
    known.set(text, found);
  }
  return found;
}

const pairs: Pair[] = [
  ...data.pairs,
  ...retrievedTwins(data.intents, (text) => read(text).vector, 3_000, random),
  ...madePairs(data, random),
];
const examples = pairs
  .map((pair) => ({ ...pair, ...describe(pair), fold: foldOf(pair) }))
  .filter(({ source, veto, similarity }) => source !== "weak" || (veto === undefined && similarity >= 0.5));
const weightOf = sourceWeights(examples);
print(`${examples.length} pairs, vocabulary of ${rarities.size} stems`);

function describe({ a, b, source, kind }: Pair) {
  const [left, right] = [read(a), read(b)];
  const known = source === "phrased" ? relations.without(kind) : relations.all;
  const alignment = align(left.prompt, right.prompt, known);
  const veto = findVeto(left.prompt, right.prompt, alignment);
  const similarity = cosine(left.vector, right.vector);
  return { values: pairFeatures(left.prompt, right.prompt, alignment, similarity), veto, similarity };
}

/** By text, and by the line they were made from. */
function foldOf({ a, b, source, kind }: Pair): number {
  return createHash("sha1")
    .update(source === "phrased" ? kind : a < b ? a : b)
    .digest()[0] as number;
}

/** Every kind of data counts as much as is set here, however many pairs it has. */
function sourceWeights(rows: readonly Pair[]): (pair: Pair) => number {
  const shares: Readonly<Record<string, number>> = {
    paws: 900,
    checklist: 900,
    own: 2000,
    phrased: 5000,
    stsb: 1500,
    weak: 2000,
    retrieved: 2000,
    made: 1_000,
    qqp: 6000,
  };
  const counts = new Map<string, number>();
  for (const { source } of rows) counts.set(source, (counts.get(source) ?? 0) + 1);
  return ({ source }) => (shares[source] ?? 1000) / (counts.get(source) as number);
}

function train(rows: readonly (typeof examples)[number][]): Trees {
  // The score is asked only where no rule speaks; what the rules forbid would teach it nothing it is asked.
  const training: TrainingRow[] = rows
    .filter(({ veto }) => veto === undefined)
    .map((row) => ({
      values: row.values,
      label: row.same ? 1 : 0,
      weight: weightOf(row),
    }));
  return trainTrees(training, {
    rounds: Number(options.rounds),
    depth: Number(options.depth),
    rate: Number(options.rate),
    leastWeight: 4,
    penalty: 4,
    directions: featureNames.map((name) => featureDirections[name]),
  });
}

const probability = (trees: Trees, values: ArrayLike<number>) => 1 / (1 + Math.exp(-sumOfTrees(trees, values)));
const rounded = (value: number) => Number(value.toPrecision(4));

// Scores for the calibration come from trees that did not see the pair, nor, in a second set, anything of its source.
const scored: ScoredPair[] = [];
for (let fold = 0; fold < 3; fold++) {
  const trees = train(examples.filter((row) => row.fold % 3 !== fold));
  for (const row of examples) if (row.fold % 3 === fold) scored.push(scoredPair(row, trees, row.source));
}
for (const source of new Set(examples.map((row) => row.source))) {
  if (!["checklist", "own", "phrased"].includes(source)) continue;
  const trees = train(examples.filter((row) => row.source !== source));
  const rows = examples.filter((row) => row.source === source);
  const unseen = rows.map((row) => scoredPair(row, trees, `${source}, unseen`));
  scored.push(...unseen);
  const passing = rows.filter(
    (row, index) => !row.same && !unseen[index]?.vetoed && (unseen[index]?.score ?? 0) >= 0.85,
  );
  const kinds = [...Map.groupBy(passing, ({ kind }) => kind)].map(([kind, list]) => `${kind} ${list.length}`);
  print(`without ${source}, twins from .85 by kind: ${kinds.slice(0, 12).join("; ")}`);
  print(
    `without ${source}: AUC ${rounded(
      rocAuc(
        unseen.map(({ score }) => score),
        unseen.map(({ same }) => same),
      ),
    )}`,
  );
}

function scoredPair(row: (typeof examples)[number], trees: Trees, group: string): ScoredPair {
  return {
    score: probability(trees, row.values),
    cosine: row.similarity,
    vetoed: row.veto !== undefined,
    same: row.same,
    group,
  };
}

const trees = train(examples);
// A word put anywhere by chance is no question that anybody asks; it teaches, but says nothing of how often one is answered wrongly.
const calibration = calibrate(scored.filter(({ group }) => group !== "made"));
for (const [group, rows] of Map.groupBy(scored, (row) => row.group)) {
  const cells = [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95].map((limit) => {
    const rate = (same: boolean) => {
      const members = rows.filter((row) => row.same === same);
      return rounded((100 * members.filter(({ vetoed, score }) => !vetoed && score >= limit).length) / members.length);
    };
    return `${limit}: ${rate(true)}/${rate(false)}`;
  });
  print(`${group}, % served right/wrong from a probability: ${cells.join("  ")}`);
}
const weights: VerifierWeights = {
  version: `v${createHash("sha256")
    .update(JSON.stringify([trees, calibration]))
    .digest("hex")
    .slice(0, 15)}`,
  features: featureNames,
  trees,
  vocabulary: vocabularyWithLight,
  relations: relations.lists,
  calibration,
};
writeFileSync(outFile, `${JSON.stringify(weights)}\n`);

if (options.examples)
  writeFileSync(
    options.examples,
    JSON.stringify(examples.map((row) => ({ ...row, p: probability(trees, row.values) }))),
  );
const card = {
  version: weights.version,
  embedder: embedder.version,
  trainedOn: options.all ? "all sources: for measuring only" : "sources whose licence allows shipping",
  dataHash: data.dataHash,
  nearWordsHash: nearWordsHash.digest("hex"),
  plainTextsHash: plain?.dataHash,
  pairs: Object.fromEntries([...Map.groupBy(pairs, ({ source }) => source)].map(([name, rows]) => [name, rows.length])),
  bytes: JSON.stringify(weights).length,
  thresholdAt1Percent: calibration.verified.findLast(({ falseHitRate }) => falseHitRate <= 0.01)?.score,
  aucOnTrainSplits: measure(),
};
writeFileSync(outFile.replace(/\.json$/, ".card.json"), `${JSON.stringify(card, undefined, 2)}\n`);
print(JSON.stringify(card, undefined, 1));

/** By source of the train split; of those not trained on, as unseen data. */
function measure(): Record<
  string,
  { auc: number; cosineAuc: number; servedAt1Percent: number; falseAt1Percent: number }
> {
  const threshold = calibration.verified.findLast(({ falseHitRate }) => falseHitRate <= 0.01)?.score ?? 1.01;
  const all = readSemanticData(options.data as string, "train", true).pairs;
  const result: ReturnType<typeof measure> = {};
  for (const [source, list] of Map.groupBy(all, ({ source }) => source)) {
    const rows = list.slice(0, 6_000).map((pair) => ({ same: pair.same, ...describe(pair) }));
    const same = rows.map((row) => row.same);
    const scores = rows.map(({ values, veto }) => sumOfTrees(trees, values) - (veto ? 1.5 : 0));
    const hit = rows.map(
      ({ veto }, index) => veto === undefined && (scores[index] as number) >= Math.log(threshold / (1 - threshold)),
    );
    const share = (of: boolean) =>
      rounded(hit.filter((is, index) => is && same[index] === of).length / same.filter((is) => is === of).length);
    result[source] = {
      auc: rounded(rocAuc(scores, same)),
      cosineAuc: rounded(
        rocAuc(
          rows.map(({ similarity }) => similarity),
          same,
        ),
      ),
      servedAt1Percent: share(true),
      falseAt1Percent: share(false),
    };
  }
  return result;
}
