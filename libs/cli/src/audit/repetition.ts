import { estimateTokens } from "@switchyard/text";
import { costOf, type PricedModel } from "./bill/price-list.ts";
import type { LoggedPrompt, Tokens } from "./log/logged-request.ts";
import { createBloomFilter } from "./sketches/bloom-filter.ts";
import { createDistinctSample } from "./sketches/distinct-sample.ts";
import { hashText, hashWords } from "./sketches/hash.ts";
import { createHeavyHitters } from "./sketches/heavy-hitters.ts";
import { createNormalText, normalise } from "./sketches/min-hash.ts";
import { createNearDuplicates } from "./sketches/near-duplicates.ts";

/** A text that came up often; it came `count` to `count + error` times. */
export interface FrequentText {
  readonly text: string;
  readonly count: number;
  readonly error: number;
}

/** What repeats in a log. */
export interface Repetition {
  /** Requests whose prompt the log holds; everything here is about them. */
  readonly prompts: number;
  readonly duplicates: {
    /** Requests that are the same, word by word, as one before. */
    readonly exact: number;
    readonly exactErrorRate: number;
    /** What those cost, at today's prices. */
    readonly exactCostUsdNanos: number;
    /** Requests that are the same or much like one before, in the same context. */
    readonly near: number;
    /** How many different prompts before it each was compared with at most; undefined where with all. */
    readonly nearMemory: number | undefined;
  };
  readonly queries: {
    readonly distinct: number;
    /** Share (0 to 1) of the requests that the top fifth of the different queries make up. */
    readonly topFifthShare: number;
    /** Whether the two above are counted rather than estimated. */
    readonly isExact: boolean;
    readonly top: readonly FrequentText[];
  };
  readonly systemPrompts: {
    /** Requests that have one. */
    readonly requests: number;
    readonly distinct: number;
    /** Requests whose system prompt came before, and the tokens of those, estimated. */
    readonly repeated: number;
    readonly repeatedTokens: number;
    /** What those tokens cost at today's prices of fresh input. */
    readonly repeatedCostUsdNanos: number;
    readonly top: readonly FrequentText[];
  };
}

export interface RepetitionCounter {
  /** The model is undefined where its price is not known. */
  add(prompt: LoggedPrompt, tokens: Tokens, model: PricedModel | undefined): void;
  result(): Repetition;
}

/** 16 MiB: ten million different prompts at an error rate of 0.3%. */
const filterBitsLog2 = 27;
/** A million different prompts in 100 MiB. */
const nearMemoryLog2 = 20;
const systemFilterBitsLog2 = 23;
const heavyCapacity = 16_384;
const sampleCapacity = 32_768;
const listed = 10;
/** The most frequent queries, whose counts are known better than a sample tells. */
const knownQueries = 1_000;
const excerptLength = 72;

/** Counts repetition in constant memory (some 150 MB at most), whatever the length of the log. */
export function createRepetitionCounter(): RepetitionCounter {
  const seen = createBloomFilter(filterBitsLog2);
  const near = createNearDuplicates(nearMemoryLog2);
  const frequentQueries = createHeavyHitters(heavyCapacity);
  const distinctQueries = createDistinctSample(sampleCapacity);
  const normal = createNormalText();
  const systems = createSystemPromptCounter();
  const tally = { prompts: 0, exact: 0, exactCostUsdNanos: 0, near: 0 };

  return {
    add(prompt, tokens, model) {
      tally.prompts++;
      const system = hashText(prompt.system);
      systems.add(prompt.system, system, model);
      const context = prompt.earlier.reduce((chain, turn) => hashText(turn, chain), system);
      normalise(prompt.query, normal);
      if (seen.add(hashText(prompt.query, context))) {
        tally.exact++;
        tally.exactCostUsdNanos += model ? costOf(tokens, model.prices) : 0;
      }
      if (near.add(normal, context)) tally.near++;
      const query = hashWords(normal.units, 0, normal.length);
      frequentQueries.add(query, () => excerptOf(prompt.query));
      distinctQueries.add(query);
    },
    result: () => ({
      prompts: tally.prompts,
      duplicates: {
        exact: tally.exact,
        exactErrorRate: seen.errorRate(),
        exactCostUsdNanos: tally.exactCostUsdNanos,
        near: tally.near,
        nearMemory: near.hasForgotten() ? 2 ** nearMemoryLog2 : undefined,
      },
      queries: {
        distinct: distinctQueries.distinct(),
        topFifthShare: distinctQueries.shareOfTop(0.2, frequentQueries.top(knownQueries)),
        isExact: distinctQueries.isExact(),
        top: repeatedOf(frequentQueries.top(listed)),
      },
      systemPrompts: systems.result(),
    }),
  };
}

function createSystemPromptCounter() {
  const seen = createBloomFilter(systemFilterBitsLog2);
  const frequent = createHeavyHitters(heavyCapacity);
  const distinct = createDistinctSample(sampleCapacity);
  const tokensOf = createTokenMemory();
  const tally = { requests: 0, repeated: 0, repeatedTokens: 0, repeatedCostUsdNanos: 0 };
  return {
    add(text: string, hash: number, model: PricedModel | undefined) {
      if (text === "") return;
      tally.requests++;
      frequent.add(hash, () => excerptOf(text));
      distinct.add(hash);
      if (!seen.add(hash)) return;
      const tokens = tokensOf(text, hash);
      tally.repeated++;
      tally.repeatedTokens += tokens;
      tally.repeatedCostUsdNanos += tokens * (model?.prices.fresh ?? 0);
    },
    result: () => ({ ...tally, distinct: distinct.distinct(), top: repeatedOf(frequent.top(listed)) }),
  };
}

/** Estimates the tokens of a text once for as long as there are few texts. */
function createTokenMemory(): (text: string, hash: number) => number {
  const mostRemembered = 4_096;
  const remembered = new Map<number, number>();
  return (text, hash) => {
    const known = remembered.get(hash);
    if (known !== undefined) return known;
    if (remembered.size >= mostRemembered) remembered.clear();
    const tokens = estimateTokens(text);
    remembered.set(hash, tokens);
    return tokens;
  };
}

const repeatedOf = (top: readonly { text: string; count: number; error: number }[]): FrequentText[] =>
  top.filter(({ text }) => text !== "").map(({ text, count, error }) => ({ text, count, error }));

/** The beginning of a text on one line. Copied, since a slice would keep the whole text in memory. */
function excerptOf(text: string): string {
  const line = text
    .slice(0, 4 * excerptLength)
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim();
  return Buffer.from(line.length > excerptLength ? `${line.slice(0, excerptLength - 1)}…` : line).toString();
}
