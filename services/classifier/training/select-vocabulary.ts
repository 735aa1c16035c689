import type { SoftmaxModel, SparseRows } from "./softmax-regression.ts";

/** Buckets that occur in fewer rows say nothing reliable. */
const fewestRows = 4;

/**
 * The `most` buckets that matter most: by the largest of their weights and how many rows have them. Returns, for each
 * bucket, its feature's number plus 1, in the order of the buckets; 0 where it is dropped.
 */
export function selectVocabulary(rows: SparseRows, model: SoftmaxModel, buckets: number, most: number): Uint16Array {
  const counts = new Uint32Array(buckets);
  for (const id of rows.ids) counts[id] = (counts[id] as number) + 1;
  const width = model.bias.length;
  const importance = new Float64Array(buckets);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const count = counts[bucket] as number;
    if (count < fewestRows) continue;
    let mean = 0;
    for (let k = 0; k < width; k++) mean += (model.weights[bucket * width + k] as number) / width;
    let largest = 0;
    for (let k = 0; k < width; k++) {
      largest = Math.max(largest, Math.abs((model.weights[bucket * width + k] as number) - mean));
    }
    importance[bucket] = largest * Math.log(1 + count);
  }
  const kept = Array.from(importance.keys())
    .filter((bucket) => (importance[bucket] as number) > 0)
    .sort((a, b) => (importance[b] as number) - (importance[a] as number) || a - b)
    .slice(0, most)
    .sort((a, b) => a - b);
  const vocabulary = new Uint16Array(buckets);
  for (const [feature, bucket] of kept.entries()) vocabulary[bucket] = feature + 1;
  return vocabulary;
}
