import type { Clock } from "../../ports.ts";
import type { AttemptFailure } from "./attempt-failure.ts";

/** What an attempt has brought: taken, or, where another was sooner, dropped. One of the two is called, once. */
export interface Brought<T> {
  take(): T;
  drop(): void;
}

export type RoundResult<T> = { readonly brought: Brought<T> } | { readonly failure: AttemptFailure };

/** An attempt that can be dropped while it runs. */
export interface Running<T> {
  readonly result: Promise<RoundResult<T>>;
  drop(): void;
}

export interface Hedge<T> {
  readonly first: Running<T>;
  /** When the second begins, in milliseconds from now. */
  readonly afterMs: number;
  readonly clock: Clock;
  /** Begins the second; undefined where there is none to begin. */
  second(): Running<T> | undefined;
}

/** The first of two attempts to bring something wins, and the other is dropped; a failure never wins over an answer. */
export function beginHedged<T>({ first, afterMs, clock, second }: Hedge<T>): Promise<RoundResult<T>> {
  return new Promise((resolve, reject) => {
    const running = new Set<Running<T>>();
    let failed: RoundResult<T> | undefined;
    let isWon = false;
    const follow = (attempt: Running<T>) => {
      running.add(attempt);
      attempt.result.then((result) => {
        running.delete(attempt);
        if ("brought" in result) {
          if (isWon) return result.brought.drop();
          isWon = true;
          forget();
          for (const loser of running) loser.drop();
          return resolve(result);
        }
        // What no model will answer counts for more than what one could not.
        if (failed === undefined || result.failure.consequence === "stop") failed = result;
        if (isWon || running.size > 0) return undefined;
        forget();
        return resolve(failed);
      }, reject);
    };
    const forget = clock.after(afterMs, () => {
      const other = second();
      if (other) follow(other);
    });
    follow(first);
  });
}
