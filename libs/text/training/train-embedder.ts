import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { cosine, createEmbedder, dimensions } from "../src/embedder/embedder.ts";
import { featuresOf } from "../src/embedder/features.ts";
import { ContrastiveTrainer, type Example, type Features } from "./contrastive-trainer.ts";
import { initialTable } from "./initial-table.ts";
import { packWeights } from "./pack-weights.ts";
import { type LabelledPair, readPlainTexts, readSemanticData, rocAuc, seededRandom } from "./semantic-data.ts";

const { values: options } = parseArgs({
  options: {
    data: { type: "string" },
    /** Folder of the routing data, for plain texts. */
    texts: { type: "string" },
    /** Trains on every source, for measuring only: such weights must not ship. */
    all: { type: "boolean", default: false },
    out: { type: "string" },
    epochs: { type: "string", default: "3" },
    rate: { type: "string", default: "0.05" },
    intents: { type: "string", default: "14000" },
    views: { type: "string", default: "24000" },
    temperature: { type: "string", default: "0.15" },
  },
});
if (!options.data) throw new Error("usage: train-embedder.ts --data DIR [--texts DIR --all --out FILE]");
const outFile = options.out ?? new URL("../src/embedder/embedder.weights.bin", import.meta.url).pathname;

const print = (line: string) => process.stdout.write(`${line}\n`);
const data = readSemanticData(options.data, "train", options.all);
const random = seededRandom(20260501);
const known = new Map<string, Features>();
function features(text: string): Features {
  let found = known.get(text);
  if (!found) {
    found = featuresOf(text);
    known.set(text, found);
  }
  return found;
}

const plain = options.texts ? readPlainTexts(options.texts) : undefined;
const texts = [
  ...new Set([
    ...data.pairs.flatMap(({ a, b }) => [a, b]),
    ...data.intents.map(({ text }) => text),
    ...(plain?.texts ?? []),
  ]),
];
print(`${data.pairs.length} pairs, ${data.intents.length} intents, ${texts.length} texts`);
const table = initialTable(texts.map(features), random);
const measured = measuredPairs();
report("before training", table);

const trainer = new ContrastiveTrainer(table, { rate: Number(options.rate), temperature: Number(options.temperature) });
for (let epoch = 0; epoch < Number(options.epochs); epoch++) {
  const examples = shuffled(epochExamples());
  const batchSize = 192;
  let loss = 0;
  let batches = 0;
  for (let start = 0; start + batchSize <= examples.length; start += batchSize) {
    loss += trainer.step(examples.slice(start, start + batchSize));
    batches++;
  }
  report(`epoch ${epoch + 1}, loss ${(loss / batches).toFixed(4)}`, table);
}

const version = createHash("sha256").update(table).digest("hex").slice(0, 15);
const packed = packWeights(`e${version}`, table);
writeFileSync(outFile, packed);
const metrics = measure((text) => createdEmbed(text));
const card = {
  version: `e${version}`,
  bytes: packed.byteLength,
  dimensions,
  trainedOn: options.all ? "all sources: for measuring only" : "sources whose licence allows shipping",
  dataHash: data.dataHash,
  plainTextsHash: plain?.dataHash,
  texts: texts.length,
  pairs: countBySource(data.pairs),
  aucOnTrainSplits: metrics,
};
writeFileSync(`${outFile.replace(/\.bin$/, "")}.card.json`, `${JSON.stringify(card, undefined, 2)}\n`);
print(JSON.stringify(card, undefined, 1));

function createdEmbed(text: string): Float32Array {
  embedder ??= createEmbedder(packed);
  return embedder.embed(text);
}
var embedder: ReturnType<typeof createEmbedder> | undefined;

/** Pairs of every source to watch the training by: of the train split, the ones not learned from included. */
function measuredPairs(): LabelledPair[] {
  const all = readSemanticData(options.data as string, "train", true).pairs;
  const counts = new Map<string, number>();
  return all.filter(({ source }) => {
    const count = counts.get(source) ?? 0;
    counts.set(source, count + 1);
    return count < 4000;
  });
}

function report(title: string, values: Float32Array): void {
  const embed = (text: string): Float32Array => {
    const { rows, weights } = features(text);
    const sum = new Float32Array(dimensions);
    for (let index = 0; index < rows.length; index++) {
      const start = (rows[index] as number) * dimensions;
      const weight = weights[index] as number;
      for (let at = 0; at < dimensions; at++) sum[at] = (sum[at] as number) + weight * (values[start + at] as number);
    }
    const norm = Math.sqrt(cosine(sum, sum)) || 1;
    return sum.map((value) => value / norm);
  };
  print(`${title}: ${JSON.stringify(measure(embed))}`);
}

function measure(embed: (text: string) => Float32Array): Record<string, number> {
  const bySource = Map.groupBy(measured, ({ source }) => source);
  const result: Record<string, number> = {};
  for (const [source, pairs] of bySource) {
    const auc = rocAuc(
      pairs.map(({ a, b }) => cosine(embed(a), embed(b))),
      pairs.map(({ same }) => same),
    );
    if (Number.isFinite(auc)) result[source] = Number(auc.toFixed(4));
  }
  return result;
}

function epochExamples(): Example[] {
  const positives = data.pairs.filter(({ same, kind }) => same && !/Taxonomy|preamble/.test(kind));
  const negatives = Map.groupBy(
    data.pairs.filter(({ same }) => !same),
    ({ a }) => a,
  );
  const examples: Example[] = positives.map(({ a, b }) => {
    const twins = negatives.get(a);
    const twin = twins?.[Math.floor(random() * twins.length)];
    return { a: features(a), b: features(b), hard: twin && features(twin.b) };
  });
  const byIntent = Map.groupBy(data.intents, ({ source, intent }) => `${source}/${intent}`);
  const intents = [...byIntent].filter(([name, rows]) => rows.length > 1 && !name.endsWith("/oos"));
  for (let count = 0; count < Number(options.intents); count++) {
    const rows = intents[Math.floor(random() * intents.length)]?.[1] ?? [];
    const [a, b] = [rows[Math.floor(random() * rows.length)], rows[Math.floor(random() * rows.length)]];
    if (a && b && a !== b) examples.push({ a: features(a.text), b: features(b.text), hard: undefined });
  }
  for (let count = 0; count < Number(options.views); count++) {
    const text = texts[Math.floor(random() * texts.length)] as string;
    examples.push({ a: features(view(text)), b: features(view(text)), hard: undefined });
  }
  return examples;
}

/** The text with some words left out: what is left should still be recognised. */
function view(text: string): string {
  const words = text.split(/\s+/);
  const kept = words.filter(() => random() > 0.25);
  return kept.length > 1 ? kept.join(" ") : text;
}

function shuffled<Item>(items: Item[]): Item[] {
  for (let index = items.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    [items[index], items[other]] = [items[other] as Item, items[index] as Item];
  }
  return items;
}

function countBySource(pairs: readonly LabelledPair[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { source } of pairs) counts[source] = (counts[source] ?? 0) + 1;
  return counts;
}
