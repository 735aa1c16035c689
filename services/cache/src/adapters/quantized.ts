/** A vector in a byte per dimension: each stands for itself times `scale`. */
export interface Quantized {
  readonly scale: number;
  readonly values: Int8Array;
}

const mostSteps = 127;

/** The nearest such vector. */
export function quantize(vector: Float32Array): Quantized {
  let most = 0;
  for (const value of vector) most = Math.max(most, Math.abs(value));
  const scale = most / mostSteps || 1;
  const values = new Int8Array(vector.length);
  for (let at = 0; at < vector.length; at++) values[at] = Math.round((vector[at] as number) / scale);
  return { scale, values };
}

const scaleBytes = 4;

/** The scale as little-endian float32, then the values. */
export function quantizedBytes({ scale, values }: Quantized): Uint8Array {
  const bytes = new Uint8Array(scaleBytes + values.length);
  new DataView(bytes.buffer).setFloat32(0, scale, true);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.length), scaleBytes);
  return bytes;
}

/** What {@link quantizedBytes} wrote. */
export function readQuantized(bytes: Uint8Array): Quantized {
  return {
    scale: new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true),
    values: new Int8Array(bytes.buffer, bytes.byteOffset + scaleBytes, bytes.byteLength - scaleBytes),
  };
}
