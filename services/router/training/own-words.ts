import { structureSize } from "../src/domain/odds/structure.ts";
import type { Examples } from "./examples.ts";
import type { Labels, Net } from "./fit.ts";
import { fitRidge } from "./ridge.ts";
import { tierMembers, unitPrices } from "./sets.ts";

const ridgeSettings = { ridge: 12, steps: 8, structureScale: 0.15 } as const;

/** The heads that get weights of their own for every word: priced models, which are chosen between, and tiers. */
export function headsWithOwnWords(heads: readonly string[]): number[] {
  const isChosen = (name: string) => unitPrices.has(name) || Object.hasOwn(tierMembers, name);
  return heads.flatMap((name, head) => (isChosen(name.slice(name.indexOf("|") + 1)) ? [head] : []));
}

/**
 * Adds a ridge regression of its own for each of some heads, as further dimensions of the net: the score of the n-th head is
 * the n-th dimension after the shared ones, which heads and sources do not look at.
 */
export function withOwnWords(
  net: Net,
  examples: Examples,
  labels: Labels,
  rows: readonly number[],
  heads: readonly number[],
): Net {
  const featureCount = net.words.length / net.dimensions;
  const own = heads.map((head) => {
    const scored = rows.flatMap((row) => {
      const outcome = (labels.outcomes[row] ?? []).find(([one]) => one === head);
      return outcome ? [[row, outcome[1]] as const] : [];
    });
    const known = scored.map(([row]) => row);
    const scores = scored.map(([, score]) => score);
    return fitRidge(examples, known, scores, featureCount, ridgeSettings);
  });
  const dimensions = net.dimensions + heads.length;
  const widened = (from: Float32Array, added: readonly Float32Array[] = [], scale = 1) => {
    const count = from.length / net.dimensions;
    const wide = new Float32Array(count * dimensions);
    for (let row = 0; row < count; row++) {
      wide.set(from.subarray(row * net.dimensions, (row + 1) * net.dimensions), row * dimensions);
      for (const [place, one] of added.entries()) {
        wide[row * dimensions + net.dimensions + place] = scale * (one[row] as number);
      }
    }
    return wide;
  };
  const structureScale = ridgeSettings.structureScale / net.structureScale;
  return {
    dimensions,
    structureScale: net.structureScale,
    words: widened(
      net.words,
      own.map(({ words }) => words),
    ),
    structure: widened(
      net.structure,
      own.map(({ structure }) => structure.slice(0, structureSize)),
      structureScale,
    ),
    bias: widened(
      net.bias,
      own.map(({ bias }) => Float32Array.of(bias)),
    ),
    heads: { weights: widened(net.heads.weights), bias: net.heads.bias },
    sources: { weights: widened(net.sources.weights), bias: net.sources.bias },
  };
}
