import type { Meaning as WireMeaning } from "@switchyard/contracts/cache/v1/cache";
import type { Meaning } from "../ports.ts";

const bytesPerValue = 4;

/** A meaning as it travels in a ticket. */
export function toWire({ partition, vector, text }: Meaning): WireMeaning {
  const bytes = new Uint8Array(vector.length * bytesPerValue);
  const view = new DataView(bytes.buffer);
  vector.forEach((value, index) => void view.setFloat32(index * bytesPerValue, value, true));
  return { partition, vector: bytes, text };
}

/** What {@link toWire} wrote; undefined where the vector is no sequence of float32. */
export function fromWire({ partition, vector: bytes, text }: WireMeaning): Meaning | undefined {
  if (bytes.length % bytesPerValue !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const vector = Float32Array.from({ length: bytes.length / bytesPerValue }, (_, index) =>
    view.getFloat32(index * bytesPerValue, true),
  );
  return { partition, vector, text };
}
