import { dimensions } from "../src/embedder/embedder.ts";
import { rowCount } from "../src/embedder/features.ts";
import type { Features } from "./contrastive-trainer.ts";

/**
 * A random direction for every row, as long as the row is rare: cosines begin as those of TF-IDF. Rows that no text stands on
 * keep it, so that words never seen count as rare ones.
 */
export function initialTable(texts: readonly Features[], random: () => number): Float32Array {
  const seen = new Float64Array(rowCount);
  for (const { rows } of texts) for (const row of new Set(rows)) seen[row] = (seen[row] as number) + 1;
  const table = new Float32Array(rowCount * dimensions);
  for (let row = 0; row < rowCount; row++) {
    const length = Math.log((texts.length + 1) / ((seen[row] as number) + 1)) / 8;
    const start = row * dimensions;
    let squares = 0;
    for (let index = start; index < start + dimensions; index++) {
      const value = random() + random() + random() - 1.5;
      table[index] = value;
      squares += value * value;
    }
    const factor = length / Math.sqrt(squares);
    for (let index = start; index < start + dimensions; index++) table[index] = (table[index] as number) * factor;
  }
  return table;
}
