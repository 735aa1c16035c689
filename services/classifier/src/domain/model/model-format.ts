/** A trained model as it is stored and used. */
export interface ClassifierModel {
  readonly header: ModelHeader;
  /** For each hash bucket the number of its feature plus 1; 0 where the model has none. */
  readonly vocabulary: Uint16Array;
  /** Weights by feature, one byte for each column of the header. */
  readonly weights: Int8Array;
  /** For each feature the scale of its weights, as `scaleOfByte` reads it. */
  readonly scaleBytes: Uint8Array;
}

/** What stands before the weights. */
export interface ModelHeader {
  /** Name of this model, as it appears in `classifier_version`. */
  readonly version: string;
  /** Hash buckets: 2^bits. */
  readonly bits: number;
  readonly features: number;
  /** The columns of the weights: the tasks first, then the complexity heads. */
  readonly columns: readonly ModelColumn[];
  /** From the winner's share of the softmax to the chance that it is right; steps rise in both. */
  readonly calibration: readonly CalibrationStep[];
}

export interface ModelColumn {
  readonly name: string;
  /** What the column is measured in: multiplies the weights of all features. */
  readonly scale: number;
  readonly bias: number;
}

export interface CalibrationStep {
  readonly share: number;
  readonly chance: number;
}

const magic = 0x4d435753;

/** The scale that a byte stands for: eight steps for each doubling, 1 at 192. */
export const scaleOfByte = (byte: number): number => 2 ** ((byte - 192) / 8);

/**
 * Writes a model: magic, length of the header, header as JSON, then the used buckets as varint-coded differences, then for
 * each feature its scale and its weights.
 */
export function encodeModel({ header, vocabulary, weights, scaleBytes }: ClassifierModel): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const differences: number[] = [];
  let previous = 0;
  const width = header.columns.length;
  const rows = new Uint8Array(header.features * (width + 1));
  let at = 0;
  for (let bucket = 0; bucket < vocabulary.length; bucket++) {
    const feature = vocabulary[bucket] as number;
    if (feature === 0) continue;
    let difference = bucket - previous;
    previous = bucket;
    for (; difference > 127; difference >>>= 7) differences.push((difference & 127) | 128);
    differences.push(difference);
    rows[at] = scaleBytes[feature - 1] as number;
    rows.set(new Uint8Array(weights.buffer, weights.byteOffset + (feature - 1) * width, width), at + 1);
    at += width + 1;
  }
  const bytes = new Uint8Array(8 + text.length + differences.length + rows.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic, true);
  view.setUint32(4, text.length, true);
  bytes.set(text, 8);
  bytes.set(differences, 8 + text.length);
  bytes.set(rows, 8 + text.length + differences.length);
  return bytes;
}

/** Reads a model. Throws an Error where the bytes are not one. Features are numbered in the order of their buckets. */
export function decodeModel(bytes: Uint8Array): ClassifierModel {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8 || view.getUint32(0, true) !== magic) throw new Error("these bytes are no classifier model");
  const headerEnd = 8 + view.getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, headerEnd))) as ModelHeader;
  const vocabulary = new Uint16Array(1 << header.bits);
  let at = headerEnd;
  let bucket = 0;
  for (let feature = 1; feature <= header.features; feature++) {
    let shift = 0;
    for (let byte = 128; byte > 127; shift += 7) {
      byte = bytes[at++] ?? 0;
      bucket += (byte & 127) << shift;
    }
    vocabulary[bucket] = feature;
  }
  const width = header.columns.length;
  const end = at + header.features * (width + 1);
  if (bytes.length !== end) throw new Error(`a classifier model of ${end} bytes has ${bytes.length}`);
  const scaleBytes = new Uint8Array(header.features);
  const weights = new Int8Array(header.features * width);
  for (let feature = 0; feature < header.features; feature++, at += width + 1) {
    scaleBytes[feature] = bytes[at] as number;
    weights.set(new Int8Array(bytes.buffer, bytes.byteOffset + at + 1, width), feature * width);
  }
  return { header, vocabulary, weights, scaleBytes };
}
