import type { Metadata } from "nice-grpc-common";
import { type ErrorDetails, RichClientError, type RichServerError } from "nice-grpc-error-details";

/**
 * grpc-js drops the messages that its reader has not taken yet as soon as a status other than OK arrives: a reader that takes
 * its time would lose the end of a stream that broke, and the usage in it. So between services of the platform, a fault behind
 * messages travels in a trailer of a stream that ends with OK. Whoever does not ask for that gets the status as ever.
 */
const askKey = "switchyard-late-errors";
const errorKey = "switchyard-late-error-bin";
/** Bytes of an error in a trailer; see `toServerError`. */
const longest = 8_192;

interface LateError {
  readonly code: number;
  readonly details: string;
  readonly extra: ErrorDetails[];
}

/** Asks for faults behind messages in a trailer. */
export function askForLateErrors(metadata: Metadata): void {
  metadata.set(askKey, "1");
}

/** Whether the caller reads faults from a trailer. */
export const takesLateErrors = (metadata: Metadata): boolean => metadata.get(askKey) === "1";

/** Puts the fault into the trailer; false where it would be more than the other end bears, as text full of escapes may be. */
export function writeLateError(trailer: Metadata, error: RichServerError): boolean {
  const bytes = faultBytes(error);
  if (bytes.length > longest) return false;
  trailer.set(errorKey, bytes);
  return true;
}

/** The fault that a trailer tells of; undefined where the stream ended well. */
export function readLateError(path: string, trailer: Metadata): RichClientError | undefined {
  const bytes = trailer.get(errorKey);
  return bytes && readFault(path, bytes);
}

/** A fault as it travels elsewhere than in a status. */
export function faultBytes({ code, details, extra }: RichServerError): Buffer {
  return Buffer.from(JSON.stringify({ code, details, extra } satisfies LateError));
}

/** What {@link faultBytes} wrote, as the error of the call of `path`. */
export function readFault(path: string, bytes: Uint8Array): RichClientError {
  const { code, details, extra } = JSON.parse(Buffer.from(bytes).toString()) as LateError;
  return new RichClientError(path, code, details, extra);
}
