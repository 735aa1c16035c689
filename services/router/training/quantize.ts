import type { Vocabulary } from "./examples.ts";
import type { Net } from "./fit.ts";

/** The words of a net and the rarities of a vocabulary in 8 bits each. */
export function quantized({ words, dimensions }: Net, { rarity }: Vocabulary) {
  const wordSteps = Array.from({ length: dimensions }, (_, k) => {
    const sizes: number[] = [];
    for (let at = k; at < words.length; at += dimensions) sizes.push(Math.abs(words[at] as number));
    // A few outliers are cut off, so that the many get finer steps.
    return (sizes.sort((a, b) => a - b)[Math.floor(0.9995 * sizes.length)] as number) / 127;
  });
  const rarityStep = rarity.reduce((most, value) => Math.max(most, value), 0) / 255;
  return {
    wordSteps,
    rarityStep,
    words: Int8Array.from(words, (value, at) =>
      Math.max(-127, Math.min(127, Math.round(value / (wordSteps[at % dimensions] as number)))),
    ),
    rarities: Uint8Array.from(rarity, (value) => Math.round(value / rarityStep)),
  };
}
