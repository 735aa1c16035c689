import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { pairsOfLine, readQuestionLines } from "./question-grammar.ts";

/** Two questions and whether one answer is right for both. */
export interface LabelledPair {
  readonly a: string;
  readonly b: string;
  readonly same: boolean;
  readonly source: string;
  readonly kind: string;
}

export interface IntentText {
  readonly text: string;
  readonly intent: string;
  readonly source: string;
}

export interface SemanticData {
  readonly pairs: readonly LabelledPair[];
  readonly intents: readonly IntentText[];
  /** SHA-256 over the files read, in hex. */
  readonly dataHash: string;
}

/** Sources whose licence lets weights trained on them ship: see the card beside the weights. */
export const shippableSources: ReadonlySet<string> = new Set([
  "paws",
  "checklist",
  "stsb",
  "meancache",
  "meancache-followup",
  "banking77",
  "clinc150",
  "hwu64",
  "own",
  "phrased",
]);

/** Reads one split of the semantic-cache data in `directory` with this project's own questions; `all` keeps every source. */
export function readSemanticData(directory: string, split: "train" | "dev", all: boolean): SemanticData {
  const hash = createHash("sha256");
  const rows = <Row>(name: string): Row[] => {
    const bytes = readFileSync(join(directory, `${name}.${split}.jsonl.gz`));
    hash.update(bytes);
    return gunzipSync(bytes)
      .toString()
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Row);
  };
  const kept = ({ source }: { source: string }) => all || shippableSources.has(source);
  const labelled = rows<LabelledPair>("pairs").filter(kept);
  const context = rows<LabelledPair & { context_a: string[]; context_b: string[] }>("context").filter(kept);
  // The earlier turns are compared exactly, before these weights are asked; only pairs that mean the same teach wording.
  const followUps = context.filter(({ same }) => same);
  const own = split === "train" ? [...readOwnQuestions(hash), ...readPhrasedQuestions(hash)] : [];
  return {
    pairs: [...labelled, ...followUps, ...own].map(({ a, b, same, source, kind }) => ({
      a,
      b,
      same,
      source,
      kind: kind ?? "",
    })),
    intents: rows<IntentText>("intents").filter(kept),
    dataHash: hash.digest("hex"),
  };
}

/**
 * Questions of public exams from the routing data in `directory` (MMLU, MMLU-Pro, GSM8K, LLMRouter: MIT or Apache-2.0), for how common words
 * are: their beginnings, unlabelled. Only files of the train split.
 */
export function readPlainTexts(directory: string): { readonly texts: readonly string[]; readonly dataHash: string } {
  const hash = createHash("sha256");
  const texts = new Set<string>();
  for (const name of readdirSync(directory).sort()) {
    if (!/^(mmlu|mmlupro|gsm8k|llmrouter)\.train\.jsonl\.gz$/.test(name)) continue;
    const bytes = readFileSync(join(directory, name));
    hash.update(bytes);
    for (const line of gunzipSync(bytes).toString().split("\n").filter(Boolean)) {
      const { prompt } = JSON.parse(line) as { prompt: string };
      texts.add(beginningOf(prompt));
    }
  }
  return { texts: [...texts], dataHash: hash.digest("hex") };
}

const beginningOf = (prompt: string) => (prompt.split(/\n(?:Options|[A-D][.):]|\(A\))/)[0] as string).slice(0, 300);

function readOwnQuestions(hash: ReturnType<typeof createHash>): LabelledPair[] {
  const text = readFileSync(new URL("./own-questions.txt", import.meta.url), "utf8");
  hash.update(text);
  const pairs: LabelledPair[] = [];
  for (const line of text.split("\n").filter(Boolean)) {
    const [wordings = [], ...others] = line.split(" | ").map((group) => group.split(" / "));
    for (const [index, a] of wordings.entries()) {
      for (const b of wordings.slice(index + 1)) pairs.push({ a, b, same: true, source: "own", kind: "wording" });
      for (const b of others.flat()) pairs.push({ a, b, same: false, source: "own", kind: "twin" });
    }
  }
  return pairs;
}

const pairsOfEachLine = { same: 14, twins: 10 };

/** Pairs of the question grammar; their kind names the line. */
function readPhrasedQuestions(hash: ReturnType<typeof createHash>): LabelledPair[] {
  const random = seededRandom(20260503);
  const lines = readQuestionLines((text) => hash.update(text));
  return lines
    .flatMap((line) => pairsOfLine(line, pairsOfEachLine, random))
    .map(({ line, ...pair }) => ({ ...pair, source: "phrased", kind: line }));
}

/** Numbers in [0, 1) that depend on the seed alone (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Area under the ROC curve of scores for pairs that are the same against others; ties count half. */
export function rocAuc(scores: readonly number[], same: readonly boolean[]): number {
  const order = scores.map((_, index) => index).sort((a, b) => (scores[a] as number) - (scores[b] as number));
  let rankSum = 0;
  let positives = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && scores[order[end] as number] === scores[order[start] as number]) end++;
    const rank = (start + 1 + end) / 2;
    for (const index of order.slice(start, end)) {
      if (!same[index]) continue;
      rankSum += rank;
      positives++;
    }
    start = end;
  }
  const negatives = order.length - positives;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
