/** Inputs cut into bins that hold about equally many rows. */
export interface InputCuts {
  /** By input: the values that divide its bins, rising; a value belongs to the bin after the last edge it reaches. */
  readonly edges: readonly (readonly number[])[];
  /** Inputs x rows. */
  readonly binOf: Uint8Array;
}

/** Cuts every input into at most `most` bins; equal values share one. */
export function cutsOf(
  { rows, inputs, inputCount }: { readonly rows: number; readonly inputs: Float32Array; readonly inputCount: number },
  most: number,
): InputCuts {
  const binOf = new Uint8Array(inputCount * rows);
  const values = new Float32Array(rows);
  const edges = Array.from({ length: inputCount }, (_, input) => {
    for (let row = 0; row < rows; row++) values[row] = inputs[row * inputCount + input] as number;
    const sorted = values.slice().sort();
    const own: number[] = [];
    for (let bin = 1; bin < most; bin++) {
      const edge = sorted[Math.floor((bin / most) * rows)] as number;
      if (own.length === 0 || edge > (own.at(-1) as number)) own.push(edge);
    }
    for (let row = 0; row < rows; row++) binOf[input * rows + row] = reached(own, values[row] as number);
    return own;
  });
  return { edges, binOf };
}

/** How many of the edges a value reaches. */
function reached(edges: readonly number[], value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value >= (edges[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}
