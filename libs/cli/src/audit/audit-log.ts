import { createGroups, type Group, type GroupOptions } from "./bill/groups.ts";
import type { PriceList } from "./bill/price-list.ts";
import type { LoggedRequest } from "./log/logged-request.ts";
import { createRepetitionCounter, type Repetition, type RepetitionCounter } from "./repetition.ts";

/** What a log comes to, before the policy is asked about it. */
export interface LogTally {
  readonly groups: readonly Group[];
  readonly hasOtherFeatures: boolean;
  /** Requests whose tokens were counted here, because the log does not say. */
  readonly estimatedTokens: number;
  /** Requests of models without a known price, by model; in no bill. */
  readonly unpriced: ReadonlyMap<string, number>;
  /** Undefined where the log holds no prompts. */
  readonly repetition: Repetition | undefined;
}

export interface LogTallier {
  add(request: LoggedRequest): void;
  result(): LogTally;
}

const mostUnpricedNames = 50;

/** Adds a log up, one request at a time, in constant memory. */
export function createLogTallier(priceOf: PriceList, options: GroupOptions): LogTallier {
  const groups = createGroups(options);
  let repetition: RepetitionCounter | undefined;
  const unpriced = new Map<string, number>();
  let estimatedTokens = 0;

  const countUnpriced = (name: string) => {
    const key = unpriced.has(name) || unpriced.size < mostUnpricedNames ? name : "(other models)";
    unpriced.set(key, (unpriced.get(key) ?? 0) + 1);
  };

  return {
    add(request) {
      const model = priceOf(request.modelNames);
      if (model) groups.add(request, model);
      else countUnpriced(request.modelNames[0] ?? "");
      if (request.isEstimated) estimatedTokens++;
      if (!request.prompt) return;
      repetition ??= createRepetitionCounter();
      repetition.add(request.prompt, request.tokens, model);
    },
    result: () => ({
      groups: groups.all(),
      hasOtherFeatures: groups.hasOverflown(),
      estimatedTokens,
      unpriced,
      repetition: repetition?.result(),
    }),
  };
}
