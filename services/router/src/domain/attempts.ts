import type { Usage } from "@switchyard/contracts/vocabulary/chat";
import type { Attempt } from "@switchyard/contracts/vocabulary/routing";
import type { Clock } from "../ports.ts";
import { type CatalogueModel, costUsdNanos } from "./catalogue.ts";

/** What is known when an attempt ends. */
export interface AttemptEnd {
  /** `ok`, or the reason of its failure. */
  readonly outcome: string;
  /** What the provider reported, or what was counted. Absent: nothing was used. */
  readonly usage?: Usage | undefined;
  readonly usageEstimated?: boolean;
  readonly timeToFirstTokenUs?: number;
}

/** The attempts of one request, in order. */
export interface AttemptLog {
  /** Begins an attempt; the function that comes back ends it. */
  begin(model: CatalogueModel): (end: AttemptEnd) => void;
  list(): readonly Attempt[];
}

/** Starts an empty log. */
export function attemptLog(clock: Clock): AttemptLog {
  const attempts: Attempt[] = [];
  return {
    begin(model) {
      const startedUs = clock.monotonicUs();
      return ({ outcome, usage, usageEstimated, timeToFirstTokenUs }) => {
        attempts.push({
          model: model.id,
          provider: model.provider,
          outcome,
          durationUs: BigInt(Math.round(clock.monotonicUs() - startedUs)),
          timeToFirstTokenUs: BigInt(Math.round(timeToFirstTokenUs ?? 0)),
          usage,
          usageEstimated: usageEstimated ?? false,
          costUsdNanos: usage ? costUsdNanos(usage, model.prices) : 0n,
          hedge: false,
        });
      };
    },
    list: () => attempts,
  };
}
