import { createPromptFeatures } from "../src/domain/model/prompt-features.ts";
import type { Row } from "./rows.ts";
import type { SparseRows } from "./softmax-regression.ts";

/** The sparse vectors of rows, by the features of a vocabulary or all. */
export function vectorsOf(rows: readonly Row[], vocabulary?: Uint16Array): SparseRows {
  const features = createPromptFeatures(vocabulary);
  const starts = new Int32Array(rows.length + 1);
  let ids = new Int32Array(1 << 20);
  let values = new Float32Array(1 << 20);
  let size = 0;
  for (const [index, row] of rows.entries()) {
    const { features: found } = features.extract({
      text: row.text,
      system: row.system ?? "",
      earlierTurnCount: 0,
      hasTools: false,
      wantsJson: false,
    });
    while (size + found.size > ids.length) {
      ids = grown(ids, new Int32Array(2 * ids.length));
      values = grown(values, new Float32Array(2 * values.length));
    }
    ids.set(found.ids.subarray(0, found.size), size);
    values.set(found.values.subarray(0, found.size), size);
    size += found.size;
    starts[index + 1] = size;
  }
  return { starts, ids: ids.slice(0, size), values: values.slice(0, size) };
}

function grown<Numbers extends Int32Array | Float32Array>(small: Numbers, large: Numbers): Numbers {
  large.set(small);
  return large;
}

/** The rows of the given numbers, in their order. */
export function pickRows({ starts, ids, values }: SparseRows, picked: readonly number[]): SparseRows {
  const pickedStarts = new Int32Array(picked.length + 1);
  for (const [at, row] of picked.entries()) {
    pickedStarts[at + 1] = (pickedStarts[at] as number) + (starts[row + 1] as number) - (starts[row] as number);
  }
  const pickedIds = new Int32Array(pickedStarts[picked.length] as number);
  const pickedValues = new Float32Array(pickedIds.length);
  for (const [at, row] of picked.entries()) {
    const [from, to] = [starts[row], starts[row + 1]];
    pickedIds.set(ids.subarray(from, to), pickedStarts[at]);
    pickedValues.set(values.subarray(from, to), pickedStarts[at]);
  }
  return { starts: pickedStarts, ids: pickedIds, values: pickedValues };
}
