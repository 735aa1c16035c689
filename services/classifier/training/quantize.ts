import { scaleOfByte } from "../src/domain/model/model-format.ts";

/** A column of weights before it is rounded. */
export interface Column {
  readonly name: string;
  readonly bias: number;
  readonly weightOf: (feature: number) => number;
}

/**
 * Rounds weights to a byte each. Every feature has a scale of its own, since cues weigh a hundred times as much as n-grams;
 * every column too, since tasks and complexity do not measure in the same unit.
 */
export function quantize(columns: readonly Column[], features: number) {
  const width = columns.length;
  const units = columns.map(({ weightOf }) => {
    let squares = 0;
    for (let feature = 0; feature < features; feature++) squares += weightOf(feature) ** 2;
    return Math.sqrt(squares / features) || 1;
  });
  const weights = new Int8Array(features * width);
  const scaleBytes = new Uint8Array(features);
  for (let feature = 0; feature < features; feature++) {
    const row = columns.map(({ weightOf }, column) => weightOf(feature) / (units[column] as number));
    const byte = byteOfScale(Math.max(...row.map(Math.abs)) / 127);
    scaleBytes[feature] = byte;
    for (const [column, weight] of row.entries()) {
      weights[feature * width + column] = Math.round(weight / scaleOfByte(byte));
    }
  }
  const described = columns.map(({ name, bias }, column) => ({ name, scale: units[column] as number, bias }));
  return { columns: described, weights, scaleBytes };
}

/** The smallest byte whose scale is at least `scale`. */
function byteOfScale(scale: number): number {
  let byte = 0;
  while (byte < 255 && scaleOfByte(byte) < scale) byte++;
  return byte;
}
