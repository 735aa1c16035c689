import type { Attempt } from "@switchyard/contracts/vocabulary/routing";
import type { Clock } from "../../ports.ts";
import { Refusal, type RefusalDetails, type RefusalReason } from "../refusal.ts";
import { isLate, type Patience } from "../request.ts";
import type { AttemptFailure } from "./attempt-failure.ts";

/** Throws Refusal DEADLINE_EXCEEDED or CANCELLED once the caller no longer waits. */
export function refuseWhenOver(patience: Patience, clock: Clock): void {
  if (isLate(patience, clock.now())) throw new Refusal("DEADLINE_EXCEEDED", "the deadline passed");
  if (patience.signal.aborted) throw new Refusal("CANCELLED", "the caller cancelled the call");
}

/** A failure that ends the request, as what the caller is told. */
export function passedOn({ reason, message }: AttemptFailure): Refusal {
  const known: Partial<Record<AttemptFailure["reason"], RefusalReason>> = {
    UPSTREAM_CONTENT_FILTER: "UPSTREAM_CONTENT_FILTER",
    UPSTREAM_INVALID_REQUEST: "UPSTREAM_INVALID_REQUEST",
    DEADLINE_EXCEEDED: "DEADLINE_EXCEEDED",
    CANCELLED: "CANCELLED",
  };
  return new Refusal(known[reason] ?? "ALL_CANDIDATES_FAILED", message);
}

/** No place is left that may answer. `comeBackAtMs` and `nowMs` are milliseconds since the epoch. */
export function exhausted(
  attempts: readonly Attempt[],
  last: AttemptFailure | undefined,
  comeBackAtMs: number | undefined,
  nowMs: number,
): Refusal {
  const details: RefusalDetails = comeBackAtMs === undefined ? {} : { retryAfterMs: Math.max(0, comeBackAtMs - nowMs) };
  if (attempts.length > 0 && attempts.every(({ outcome }) => outcome === "UPSTREAM_RATE_LIMITED")) {
    return new Refusal("ALL_CANDIDATES_RATE_LIMITED", "every candidate is rate-limited", details);
  }
  if (last?.reason === "UPSTREAM_CONTEXT_LENGTH") {
    return new Refusal("UPSTREAM_CONTEXT_LENGTH", `the prompt fits no candidate: ${last.message}`, details);
  }
  return new Refusal("ALL_CANDIDATES_FAILED", "every candidate failed", details);
}

/** What a provider said of the request itself stands for itself. */
const inTheProvidersWords: ReadonlySet<RefusalReason> = new Set([
  "UPSTREAM_CONTENT_FILTER",
  "UPSTREAM_INVALID_REQUEST",
]);

/** A refusal that tells of the attempts that were made: for programs, and, where the words are ours, in its message. */
export function withAttempts({ reason, message, details }: Refusal, attempts: readonly Attempt[]): Refusal {
  const list = attempts.map(({ model, outcome }) => `${model}: ${outcome}`).join(", ");
  const metadata = Object.fromEntries(
    attempts.map(({ model, outcome }, index) => [`attempt.${index + 1}`, `${model} ${outcome}`]),
  );
  return new Refusal(reason, list && !inTheProvidersWords.has(reason) ? `${message} (${list})` : message, {
    ...details,
    attempts,
    metadata: { ...details.metadata, ...metadata },
  });
}
