import type { LedgerEntry } from "@switchyard/contracts/budget/v1/budget";

/** Prompts below this many tokens are in no provider's prefix cache: OpenAI's published bound, and that of most. */
export const leastTokens = 1_024;
/** Providers forget a prefix after some minutes without use; OpenAI says five to ten. */
export const memoryMs = 5 * 60_000;
/** Beginnings that are told apart per feature; more than that change with every request anyway. */
const mostPrefixes = 10_000;

/** What the ledger says of the prompts of one feature. */
export interface PrefixTally {
  readonly feature: string;
  requests: number;
  inputTokens: number;
  cachedInputTokens: number;
  /** Requests too short for any prefix cache. */
  short: number;
  /** Requests that begin with the turn itself. */
  bare: number;
  /** Long requests that began like one some minutes before at the same model and provider, and of these those that found nothing. */
  repeated: number;
  missed: number;
  /** Providers that read nothing from their cache for any repeated request. */
  readonly silent: Set<string>;
  readonly speaking: Set<string>;
  /** When each beginning was last sent, by model and provider. */
  readonly lastMs: Map<string, number>;
  readonly prefixes: Set<string>;
}

/** Sums entries of the ledger up by feature, in the order in which they were booked. */
export function tallyPrefixes(tallies: Map<string, PrefixTally>, entries: readonly LedgerEntry[]): void {
  for (const entry of entries) {
    const { usage, provider, caller, promptPrefix, model, bookedAt } = entry;
    // Hits asked nobody; embedding models write nothing and have no prefix cache.
    if (!usage || provider === "" || usage.outputTokens === 0n) continue;
    const tally = tallyOf(tallies, caller?.feature ?? "");
    const [input, cached] = [Number(usage.inputTokens), Number(usage.cachedInputTokens)];
    tally.requests += 1;
    tally.inputTokens += input;
    tally.cachedInputTokens += cached;
    if (promptPrefix === "") tally.bare += 1;
    else if (tally.prefixes.size < mostPrefixes) tally.prefixes.add(promptPrefix);
    if (cached > 0) tally.speaking.add(provider);
    if (input < leastTokens) {
      tally.short += 1;
      continue;
    }
    const place = `${promptPrefix}\n${model}\n${provider}`;
    const atMs = bookedAt?.getTime() ?? 0;
    const before = tally.lastMs.get(place);
    if (before !== undefined || tally.lastMs.size < mostPrefixes) tally.lastMs.set(place, atMs);
    if (promptPrefix === "" || before === undefined || atMs - before > memoryMs) continue;
    tally.repeated += 1;
    if (cached > 0) continue;
    tally.missed += 1;
    tally.silent.add(provider);
  }
}

function tallyOf(tallies: Map<string, PrefixTally>, feature: string): PrefixTally {
  const known = tallies.get(feature);
  if (known) return known;
  const tally: PrefixTally = {
    feature,
    ...{ requests: 0, inputTokens: 0, cachedInputTokens: 0, short: 0, bare: 0, repeated: 0, missed: 0 },
    ...{ silent: new Set(), speaking: new Set(), lastMs: new Map(), prefixes: new Set() },
  };
  tallies.set(feature, tally);
  return tally;
}

/** Why a provider's prefix cache does little for a feature. */
export type Reason = "works" | "short" | "no_prefix" | "changing" | "rare" | "provider";

/** Share of the input read from cache from which on all is well. */
const wellShare = 0.3;

/** The likeliest reason, most telling first. */
export function reasonOf(tally: PrefixTally): Reason {
  const { requests, inputTokens, cachedInputTokens, short, bare, repeated, missed, prefixes } = tally;
  if (inputTokens > 0 && cachedInputTokens / inputTokens >= wellShare) return "works";
  if (short * 2 > requests) return "short";
  if (bare * 2 > requests) return "no_prefix";
  const withPrefix = requests - bare;
  if (withPrefix > 1 && prefixes.size * 2 > withPrefix) return "changing";
  if (repeated * 2 < requests - short) return "rare";
  return missed * 2 > repeated ? "provider" : "works";
}
