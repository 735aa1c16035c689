import { crc32 } from "node:zlib";
import { StoredAnswer } from "@switchyard/contracts/cache/v1/cache";
import type { Answer } from "../domain/answer.ts";
import type { Entry } from "../ports.ts";

/**
 * Bytes of an entry: version (1), CRC-32 of all that follows (4), made at (8), ends at (8), length of the mark (4), the mark,
 * length of the digest (1), the digest, then the answer as protobuf. Times are doubles, milliseconds since the epoch. Scripts
 * of the Redis store read the mark where it stands.
 */
export const codecVersion = 2;

const offset = { checksum: 1, storedAt: 5, expiresAt: 13, markLength: 21, mark: 25 } as const;

/** What an entry carries beside its answer. */
export interface EntryHead {
  readonly storedAtMs: number;
  readonly expiresAtMs: number;
  readonly requestDigest: string;
  /** What a store notes for itself. */
  readonly mark?: string;
}

/** The part of an entry that is the same at every place. */
export function encodeAnswer(answer: Answer): Uint8Array {
  return StoredAnswer.encode(answer).finish();
}

/** The whole entry for one place. */
export function encodeEntry(answer: Uint8Array, head: EntryHead): Buffer {
  const { storedAtMs, expiresAtMs, requestDigest, mark = "" } = head;
  const markLength = Buffer.byteLength(mark);
  const digestAt = offset.mark + markLength;
  const answerAt = digestAt + 1 + requestDigest.length;
  const bytes = Buffer.allocUnsafe(answerAt + answer.length);
  bytes[0] = codecVersion;
  bytes.writeDoubleBE(storedAtMs, offset.storedAt);
  bytes.writeDoubleBE(expiresAtMs, offset.expiresAt);
  bytes.writeUInt32BE(markLength, offset.markLength);
  bytes.write(mark, offset.mark);
  bytes[digestAt] = requestDigest.length;
  bytes.write(requestDigest, digestAt + 1, "latin1");
  bytes.set(answer, answerAt);
  bytes.writeUInt32BE(crc32(bytes.subarray(offset.storedAt)), offset.checksum);
  return bytes;
}

/** What was encoded, unless it has expired by `nowMs`, or is damaged or of another version: then it is of no more use. */
export function decodeEntry(value: Uint8Array, nowMs: number): Entry | "expired" | "unreadable" {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (bytes.length <= offset.mark || bytes[0] !== codecVersion) return "unreadable";
  if (bytes.readUInt32BE(offset.checksum) !== crc32(bytes.subarray(offset.storedAt))) return "unreadable";
  if (bytes.readDoubleBE(offset.expiresAt) <= nowMs) return "expired";
  const digestAt = offset.mark + bytes.readUInt32BE(offset.markLength);
  const answerAt = digestAt + 1 + (bytes[digestAt] ?? 0);
  try {
    const { response, ...rest } = StoredAnswer.decode(bytes.subarray(answerAt));
    if (!response) return "unreadable";
    return {
      answer: { response, ...rest },
      storedAtMs: bytes.readDoubleBE(offset.storedAt),
      requestDigest: bytes.toString("latin1", digestAt + 1, answerAt),
    };
  } catch {
    return "unreadable";
  }
}
