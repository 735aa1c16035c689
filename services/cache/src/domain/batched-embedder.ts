import type { Attempt } from "@switchyard/contracts/vocabulary/routing";
import type { Embedded, Embedder, Patience } from "../ports.ts";

export interface BatchRules {
  /** How long one call of the embedder may take, in milliseconds; nobody waits longer for it. */
  readonly timeoutMs: number;
  /** Texts of one call at most. */
  readonly mostTexts: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Runs work at the end of the event loop's turn. */
  readonly atEndOfTurn: (work: () => void) => void;
  /** Weight of a text in what a call used. */
  readonly weigh: (text: string) => number;
}

interface Waiting {
  readonly texts: readonly string[];
  resolve(embedded: Embedded): void;
  reject(fault: unknown): void;
}

/**
 * Puts what comes within one turn of the event loop into one call. What the call used is shared out by the weight of the
 * texts, so that the shares make up the whole. A caller that goes away leaves the call to the others.
 */
export function batchedEmbedder(embedder: Embedder, rules: BatchRules): Embedder {
  let queue: Waiting[] = [];

  async function callFor(batch: readonly Waiting[]): Promise<void> {
    try {
      const texts = batch.flatMap((one) => one.texts);
      const patience = { signal: undefined, deadline: rules.now() + rules.timeoutMs };
      shareOut(batch, await embedder.embed(texts, patience), rules.weigh);
    } catch (fault) {
      for (const { reject } of batch) reject(fault);
    }
  }

  function send(): void {
    const waiting = queue;
    queue = [];
    for (const batch of inBatches(waiting, rules.mostTexts)) callFor(batch);
  }

  return {
    version: embedder.version,
    embed: (texts, patience) =>
      patiently(patience, rules.now, (resolve, reject) => {
        if (queue.length === 0) rules.atEndOfTurn(send);
        queue.push({ texts, resolve, reject });
      }),
  };
}

function* inBatches(waiting: readonly Waiting[], mostTexts: number): Iterable<Waiting[]> {
  let batch: Waiting[] = [];
  let count = 0;
  for (const one of waiting) {
    if (batch.length > 0 && count + one.texts.length > mostTexts) {
      yield batch;
      batch = [];
      count = 0;
    }
    batch.push(one);
    count += one.texts.length;
  }
  if (batch.length > 0) yield batch;
}

function shareOut(batch: readonly Waiting[], { vectors, attempt }: Embedded, weigh: (text: string) => number): void {
  const weights = batch.map(({ texts }) => texts.reduce((sum, text) => sum + weigh(text), 0));
  const attempts = attempt ? shares(attempt, weights) : [];
  let next = 0;
  batch.forEach(({ texts, resolve }, index) => {
    resolve({ vectors: vectors.slice(next, next + texts.length), attempt: attempts[index] });
    next += texts.length;
  });
}

/** An attempt in parts by weight; their tokens and costs add up to its own. */
export function shares(attempt: Attempt, weights: readonly number[]): Attempt[] {
  const { usage } = attempt;
  const tokens = apportion(usage?.inputTokens ?? 0n, weights);
  const costs = apportion(attempt.costUsdNanos, weights);
  return weights.map((_, index) => ({
    ...attempt,
    usage: usage && { ...usage, inputTokens: tokens[index] as bigint },
    costUsdNanos: costs[index] as bigint,
  }));
}

/** What rounding leaves goes to the last. */
function apportion(total: bigint, weights: readonly number[]): bigint[] {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  let weightSoFar = 0;
  let given = 0n;
  return weights.map((weight, index) => {
    weightSoFar += weight;
    const upTo =
      index === weights.length - 1 || sum === 0 ? total : BigInt(Math.floor((Number(total) * weightSoFar) / sum));
    const share = upTo - given;
    given = upTo;
    return share;
  });
}

/** Settles as `start` does, or rejects when the caller's patience is over. */
function patiently<T>(
  { signal, deadline }: Patience,
  now: () => number,
  start: (resolve: (value: T) => void, reject: (fault: unknown) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const over = () => settle(() => reject(new Error("the caller does not wait any longer")));
    const timer = deadline === undefined ? undefined : setTimeout(over, Math.max(0, deadline - now()));
    const settle = (how: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", over);
      how();
    };
    if (signal?.aborted) return over();
    signal?.addEventListener("abort", over, { once: true });
    start(
      (value) => settle(() => resolve(value)),
      (fault) => settle(() => reject(fault)),
    );
  });
}
