import { logistic } from "../src/domain/odds/odds.ts";
import type { OddsHeader } from "../src/domain/odds/weights.ts";
import { recoveredGain } from "./measures.ts";
import { scoredPair } from "./operating-points.ts";
import { type RoutingRow, setOf } from "./routing-data.ts";
import { pairsOfSet } from "./sets.ts";
import { namesOf, type TrainingSet } from "./training-set.ts";

/** What the card tells of. */
export interface CardFacts {
  readonly set: TrainingSet;
  readonly header: OddsHeader;
  readonly dataHash: string;
  /** Chance of a head for a row, out of fold. */
  readonly chanceOf: (row: number, head: string) => number;
  readonly comparisons: readonly { readonly set: string; readonly gap: number; readonly asGood: number }[];
  readonly bytes: number;
}

/** The model card of the odds, in Markdown. */
export function cardOf(facts: CardFacts): string {
  const { set, header, dataHash, bytes } = facts;
  return `# Model card: routing odds \`${header.version}\`

Chance that each measured model answers a prompt well, from its words, pairs of words and structure; from it the chance that
an answer is as good as the baseline's. Written by \`training/train-odds.ts\`; the same data gives the same weights.

- Data: ${namesOf(set.paths)}; SHA-256 of the files one after the other \`${dataHash}\`.
- Licences: the outcomes are MIT or Apache-2.0 (RouteLLM, MMLU, GSM8K, MMLU-Pro, LLMRouter); the prompts that stand for "unlike
  anything measured" are MIT or Apache-2.0 as well (HH-RLHF, GPTeacher, WritingBench, Self-Instruct seeds, Natural Instructions).
- ${set.rows.length} prompts with outcomes, ${set.texts.length - set.rows.length} without; ${header.heads.length} heads, ${header.sources.length} sources.
- ${header.features} words and pairs of words, ${header.dimensions} dimensions in 8 bits: ${(bytes / 1e6).toFixed(2)} MB.
- The dev files were not read.

## By cross-validation on the train prompts

| set | strong | cheap | APGR | CPT50 | CPT80 |
|---|---|---|---|---|---|
${pairLines(facts).join("\n")}

## Reliability

Predicted chance of being as good as the best model of the set, and how often that was so, over ${facts.comparisons.length} comparisons
out of fold (expected calibration error ${calibrationError(facts).toFixed(3)}).

| predicted | mean | true | comparisons |
|---|---|---|---|
${reliability(facts)
  .map((bin) => `| ${bin.from}-${bin.to} | ${bin.predicted.toFixed(3)} | ${bin.true.toFixed(3)} | ${bin.count} |`)
  .join("\n")}

## What it is not

The outcomes are of exam questions, grade-school maths, short code and short facts, in English. Of letters, chats and
documents it knows only that they are unlike these; there the odds lean on the table by task and complexity.
`;
}

function pairLines({ set, chanceOf }: CardFacts): string[] {
  return [...new Set(set.rows.map(setOf))].flatMap((name) => {
    const numbers = [...set.rows.keys()].filter((row) => setOf(set.rows[row] as RoutingRow) === name);
    const rows = numbers.map((row) => set.rows[row] as RoutingRow);
    return (pairsOfSet.get(name) ?? []).map((pair) => {
      const score = (_: RoutingRow, index: number) =>
        chanceOf(numbers[index] as number, `${name}|${pair.strong}`) -
        chanceOf(numbers[index] as number, `${name}|${pair.cheap}`);
      const { apgr, cpt50, cpt80 } = recoveredGain(scoredPair(rows, pair, score));
      return `| ${name} | ${pair.strong} | ${pair.cheap} | ${[apgr, cpt50, cpt80].map((value) => value.toFixed(3)).join(" | ")} |`;
    });
  });
}

function reliability({ comparisons, header }: CardFacts) {
  const bins = Array.from({ length: 10 }, () => ({ sum: 0, hits: 0, count: 0 }));
  for (const { gap, asGood } of comparisons) {
    const chance = logistic(header.asGood[0] + header.asGood[1] * gap);
    const bin = bins[Math.min(9, Math.floor(chance * 10))] as (typeof bins)[number];
    bin.sum += chance;
    bin.hits += asGood;
    bin.count++;
  }
  return bins.flatMap(({ sum, hits, count }, bin) =>
    count === 0
      ? []
      : [{ from: `.${bin}`, to: bin === 9 ? "1" : `.${bin + 1}`, predicted: sum / count, true: hits / count, count }],
  );
}

function calibrationError(facts: CardFacts): number {
  return reliability(facts).reduce(
    (sum, { predicted, true: hit, count }) => sum + (Math.abs(predicted - hit) * count) / facts.comparisons.length,
    0,
  );
}
