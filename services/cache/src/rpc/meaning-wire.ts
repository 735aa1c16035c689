import type { Meaning as WireMeaning } from "@switchyard/contracts/cache/v1/cache";
import type { Meaning } from "../ports.ts";

const bytesPerValue = 4;

/** A meaning as it travels in a ticket. */
export function toWire({ partition, vector, text }: Meaning): WireMeaning {
  const bytes = new Uint8Array(vector.length * bytesPerValue);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < vector.length; index++) {
    view.setFloat32(index * bytesPerValue, vector[index] as number, true);
  }
  return { partition, vector: bytes, text };
}

/** What {@link toWire} wrote; undefined where the vector is no sequence of float32. */
export function fromWire({ partition, vector: bytes, text }: WireMeaning): Meaning | undefined {
  if (bytes.length % bytesPerValue !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const vector = new Float32Array(bytes.length / bytesPerValue);
  for (let index = 0; index < vector.length; index++) vector[index] = view.getFloat32(index * bytesPerValue, true);
  return { partition, vector, text };
}
