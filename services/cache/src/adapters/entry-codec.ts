import { crc32 } from "node:zlib";
import { StoredAnswer } from "@switchyard/contracts/cache/v1/cache";
import type { Answer } from "../domain/answer.ts";
import type { Entry } from "../ports.ts";

/**
 * Bytes of an entry: version (1), CRC-32 of all that follows (4), made at (8), ends at (8), length of the digest (1), the
 * digest, then the answer as protobuf. Times are doubles, milliseconds since the epoch.
 */
export const codecVersion = 1;

const offset = { checksum: 1, storedAt: 5, expiresAt: 13, digestLength: 21, digest: 22 } as const;

/** The part of an entry that is the same at every place. */
export function encodeAnswer(answer: Answer): Uint8Array {
  return StoredAnswer.encode(answer).finish();
}

/** The whole entry for one place. */
export function encodeEntry(
  answer: Uint8Array,
  storedAtMs: number,
  expiresAtMs: number,
  requestDigest: string,
): Buffer {
  const bytes = Buffer.allocUnsafe(offset.digest + requestDigest.length + answer.length);
  bytes[0] = codecVersion;
  bytes.writeDoubleBE(storedAtMs, offset.storedAt);
  bytes.writeDoubleBE(expiresAtMs, offset.expiresAt);
  bytes[offset.digestLength] = requestDigest.length;
  bytes.write(requestDigest, offset.digest, "latin1");
  bytes.set(answer, offset.digest + requestDigest.length);
  bytes.writeUInt32BE(crc32(bytes.subarray(offset.storedAt)), offset.checksum);
  return bytes;
}

/** What was encoded, unless it has expired by `nowMs`, or is damaged or of another version: then it is of no more use. */
export function decodeEntry(value: Uint8Array, nowMs: number): Entry | "expired" | "unreadable" {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (bytes.length < offset.digest || bytes[0] !== codecVersion) return "unreadable";
  if (bytes.readUInt32BE(offset.checksum) !== crc32(bytes.subarray(offset.storedAt))) return "unreadable";
  if (bytes.readDoubleBE(offset.expiresAt) <= nowMs) return "expired";
  const answerAt = offset.digest + (bytes[offset.digestLength] ?? 0);
  try {
    const { response, ...rest } = StoredAnswer.decode(bytes.subarray(answerAt));
    if (!response) return "unreadable";
    return {
      answer: { response, ...rest },
      storedAtMs: bytes.readDoubleBE(offset.storedAt),
      requestDigest: bytes.toString("latin1", offset.digest, answerAt),
    };
  } catch {
    return "unreadable";
  }
}
