import type { Windows } from "../domain/calendar.ts";
import type { Unit } from "../domain/limits.ts";
import { type ModelTier, rankOf } from "../domain/tally.ts";
import type { Terms } from "../domain/terms.ts";
import { totalsField } from "./redis-totals.ts";

// What the scripts are told, as their heads describe it.

/** Terms as the scripts read them: once made for the same terms. */
export interface ScriptTerms {
  /** Where a request is counted. */
  readonly plan: string;
  /** What it has to fit: packed doubles. */
  readonly terms: Buffer;
}

const made = new WeakMap<Terms, ScriptTerms>();

export function scriptTerms(terms: Terms): ScriptTerms {
  const known = made.get(terms);
  if (known) return known;
  const script = { plan: planText(terms), terms: termsBytes(terms) };
  made.set(terms, script);
  return script;
}

function planText({ payer, accounts, meters }: Terms): string {
  return JSON.stringify({
    a: accounts.map(({ scope, period, tier }) => [period === "day" ? 1 : 2, scope, rank(tier)]),
    m: meters.map(({ scope, unit, perMinute, tier }) => [
      `${scope}/${unit}`,
      unit === "requests" ? 1 : 2,
      perMinute,
      rank(tier),
    ]),
    t: totalsField(payer, ""),
  });
}

const unitInScript: Record<Unit, number> = { tokens: 1, usd_nanos: 2, requests: 3 };

function termsBytes({ terms }: Terms): Buffer {
  const numbers = terms.flatMap(({ limit, place }) => [
    limit.window === "minute" ? 2 : 1,
    place + 1,
    unitInScript[limit.unit],
    Number(limit.allowed),
    rank(limit.tier),
    limit.perMinute,
    limit.warnAt ?? -1,
    limit.downgradeAt.standard ?? -1,
    limit.downgradeAt.economy ?? -1,
  ]);
  const bytes = Buffer.alloc(numbers.length * 8);
  numbers.forEach((number, index) => void bytes.writeDoubleLE(number, index * 8));
  return bytes;
}

/** 0 for none. */
export const rank = (tier: ModelTier | undefined) => (tier === undefined ? 0 : rankOf(tier));

export const windowsText = ({ day, month }: Windows) =>
  JSON.stringify([day.startMs, day.endMs, month.startMs, month.endMs]);
