import type { Clock } from "../ports.ts";
import { AttemptFailure, consequenceOf } from "./attempt-failure.ts";
import type { AttemptLog } from "./attempts.ts";
import { pauseBefore, type RetryPolicy } from "./backoff.ts";
import type { CatalogueModel } from "./catalogue.ts";
import { Refusal, type RefusalReason } from "./refusal.ts";
import { isLate, type Patience } from "./request.ts";

export interface Trial extends Patience {
  readonly retry: RetryPolicy;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: AttemptLog;
  readonly onUnforeseen: (error: unknown) => void;
}

/**
 * Tries models in order until one answers: passing trouble is retried on the same model, then the next one is asked, until
 * the chain or the caller's time ends. Throws Refusal; the attempts are in the log.
 */
export async function tryModels<C extends { readonly model: CatalogueModel }, T>(
  chain: readonly C[],
  trial: Trial,
  tryOnce: (choice: C) => Promise<T>,
): Promise<T> {
  let tooSmall = 0;
  let last: AttemptFailure | undefined;
  let comeBackAtMs = Number.POSITIVE_INFINITY;
  for (const [index, choice] of chain.entries()) {
    if (choice.model.contextWindow <= tooSmall) continue;
    for (let attemptNumber = 1; ; attemptNumber++) {
      refuseWhenOver(trial, trial.clock, trial.log);
      try {
        return await tryOnce(choice);
      } catch (error) {
        last = asFailure(error, trial.onUnforeseen);
      }
      if (last.retryAfterMs !== undefined) comeBackAtMs = Math.min(comeBackAtMs, trial.clock.now() + last.retryAfterMs);
      const consequence = consequenceOf(last.reason);
      if (consequence === "stop") throw refusalOf(last, trial);
      if (consequence === "larger_model") tooSmall = choice.model.contextWindow;
      if (consequence !== "same_model") break;
      const pauseMs = pauseBefore(
        trial.retry,
        {
          attemptNumber,
          retryAfterMs: last.retryAfterMs,
          isLastCandidate: index === chain.length - 1,
          leftMs: trial.deadline - trial.clock.now(),
        },
        trial.random,
      );
      if (pauseMs === undefined) break;
      await trial.clock.sleep(pauseMs, trial.signal).catch(() => undefined);
    }
  }
  refuseWhenOver(trial, trial.clock, trial.log);
  throw exhausted(trial, last, comeBackAtMs);
}

/** Any thrown value as a failed attempt. */
export function asFailure(error: unknown, onUnforeseen: (error: unknown) => void): AttemptFailure {
  if (error instanceof AttemptFailure && error.reason !== "INTERNAL") return error;
  onUnforeseen(error);
  return error instanceof AttemptFailure
    ? error
    : new AttemptFailure("INTERNAL", "the attempt failed", undefined, error);
}

/** Throws Refusal DEADLINE_EXCEEDED or CANCELLED once the caller no longer waits. */
export function refuseWhenOver(patience: Patience, clock: Clock, log?: AttemptLog): void {
  const details = log ? { attempts: log.list() } : {};
  if (isLate(patience, clock.now())) {
    throw new Refusal("DEADLINE_EXCEEDED", `the deadline passed${log ? tried(log) : ""}`, details);
  }
  if (patience.signal.aborted) throw new Refusal("CANCELLED", "the caller cancelled the call", details);
}

/** A failure that ends the request, as what the caller is told. */
function refusalOf(failure: AttemptFailure, trial: Trial): Refusal {
  refuseWhenOver(trial, trial.clock, trial.log);
  const passedOn: Partial<Record<AttemptFailure["reason"], RefusalReason>> = {
    UPSTREAM_CONTENT_FILTER: "UPSTREAM_CONTENT_FILTER",
    UPSTREAM_INVALID_REQUEST: "UPSTREAM_INVALID_REQUEST",
    DEADLINE_EXCEEDED: "DEADLINE_EXCEEDED",
    CANCELLED: "CANCELLED",
  };
  return new Refusal(passedOn[failure.reason] ?? "ALL_CANDIDATES_FAILED", failure.message, {
    attempts: trial.log.list(),
    metadata: listed(trial.log),
  });
}

function exhausted({ log, clock }: Trial, last: AttemptFailure | undefined, comeBackAtMs: number): Refusal {
  const attempts = log.list();
  const retryAfterMs = Number.isFinite(comeBackAtMs) ? Math.max(0, comeBackAtMs - clock.now()) : undefined;
  const details = { attempts, metadata: listed(log), retryAfterMs };
  const all = (reason: string) => attempts.length > 0 && attempts.every(({ outcome }) => outcome === reason);
  if (all("UPSTREAM_RATE_LIMITED")) {
    return new Refusal("ALL_CANDIDATES_RATE_LIMITED", `every candidate is rate-limited${tried(log)}`, details);
  }
  if (last?.reason === "UPSTREAM_CONTEXT_LENGTH") {
    return new Refusal(
      "UPSTREAM_CONTEXT_LENGTH",
      `the prompt fits no candidate${tried(log)}: ${last.message}`,
      details,
    );
  }
  return new Refusal("ALL_CANDIDATES_FAILED", `every candidate failed${tried(log)}`, details);
}

const tried = (log: AttemptLog) =>
  log.list().length === 0
    ? ""
    : ` (${log
        .list()
        .map(({ model, outcome }) => `${model}: ${outcome}`)
        .join(", ")})`;

const listed = (log: AttemptLog): Record<string, string> =>
  Object.fromEntries(log.list().map(({ model, outcome }, index) => [`attempt.${index + 1}`, `${model} ${outcome}`]));
