import { dimensions } from "../src/embedder/embedder.ts";
import { rowCount } from "../src/embedder/features.ts";

/** Rows as int8 with a scale each, in the form that createEmbedder reads. */
export function packWeights(version: string, table: Float32Array): Uint8Array {
  const packed = new Uint8Array(16 + rowCount * 4 + rowCount * dimensions);
  packed.set(Buffer.from(version.padEnd(16), "latin1"));
  const scales = new Float32Array(rowCount);
  const bytes = new Int8Array(packed.buffer, 16 + rowCount * 4);
  for (let row = 0; row < rowCount; row++) {
    const values = table.subarray(row * dimensions, (row + 1) * dimensions);
    const scale = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) / 127 || 1;
    scales[row] = scale;
    for (const [index, value] of values.entries()) bytes[row * dimensions + index] = Math.round(value / scale);
  }
  packed.set(new Uint8Array(scales.buffer), 16);
  return packed;
}
