import { ApiError } from "./api-error.ts";
import { seededRandom } from "./seeded-random.ts";

/**
 * What goes wrong with a request. Those with `afterChunks` let so many pieces of the answer out first (half of them, if it
 * is left out): `cut` breaks the connection, `end_early` ends the stream as if it were whole, `stall` never goes on,
 * `malformed` sends half a chunk, `error_event` an error in the middle of the stream.
 */
export type Fault =
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** JSON of the response; an OpenAI error object if left out. */
      readonly body?: object;
    }
  /** Closes the connection without an answer. */
  | { readonly kind: "hang_up" }
  /** Never answers. */
  | { readonly kind: "silence" }
  | { readonly kind: "slow"; readonly firstTokenMs: number }
  | { readonly kind: "cut" | "end_early" | "stall" | "malformed" | "error_event"; readonly afterChunks?: number };

/** Shares of requests that fail, 0 to 1 each. */
export interface FaultShares {
  readonly rateLimit: number;
  readonly serverError: number;
  readonly cutStream: number;
}

/** The fault of the n-th request, if any: the same for the same n, in the given shares over many. */
export function faultByShare(sequence: number, shares: FaultShares): Fault | undefined {
  const at = seededRandom(`fault ${sequence}`).next();
  if (at < shares.rateLimit) return { kind: "status", status: 429, headers: { "retry-after": "1" } };
  if (at < shares.rateLimit + shares.serverError) return { kind: "status", status: 500 };
  return at < shares.rateLimit + shares.serverError + shares.cutStream ? { kind: "cut" } : undefined;
}

const errors: Readonly<Record<number, { readonly type: string; readonly code?: string }>> = {
  429: { type: "requests", code: "rate_limit_exceeded" },
  500: { type: "server_error" },
  503: { type: "server_error", code: "overloaded" },
};

/** The error that a `status` fault answers with, where it gives no body. */
export function faultError(status: number, headers: Readonly<Record<string, string>> = {}): ApiError {
  const message = `This is a simulated failure with status ${status}.`;
  return new ApiError({ status, message, headers, ...(errors[status] ?? { type: "server_error" }) });
}
