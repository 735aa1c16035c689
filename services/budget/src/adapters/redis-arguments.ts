import type { Windows } from "../domain/calendar.ts";
import type { Unit } from "../domain/limits.ts";
import { type ModelTier, rankOf } from "../domain/tally.ts";
import type { Meter, Terms } from "../domain/terms.ts";
import { totalsField } from "./redis-totals.ts";

// What the scripts are told, as their heads describe it.

/** Terms as the scripts read them: once made for the same terms. */
export interface ScriptTerms {
  /** Where a request is counted. */
  readonly plan: string;
  /** What it has to fit: packed doubles. */
  readonly terms: Buffer;
  /** The same for the same `terms`. */
  readonly termsKey: string;
}

const made = new WeakMap<Terms, ScriptTerms>();

export function scriptTerms(terms: Terms): ScriptTerms {
  const known = made.get(terms);
  if (known) return known;
  const bytes = termsBytes(terms);
  const script = { plan: planText(terms), terms: bytes, termsKey: bytes.toString("latin1") };
  made.set(terms, script);
  return script;
}

function planText({ payer, accounts, meters }: Terms): string {
  return JSON.stringify({
    a: accounts.map(({ scope, period, tier }) => [period === "day" ? 1 : 2, scope, rank(tier)]),
    m: meters.map((meter) => [meterField(meter), meter.unit === "requests" ? 1 : 2, meter.perMinute, rank(meter.tier)]),
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
  return doubles(numbers);
}

/** Numbers as `struct.unpack('<d..')` reads them. */
export function doubles(numbers: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(numbers.length * 8);
  for (let index = 0; index < numbers.length; index++) bytes.writeDoubleLE(numbers[index] as number, index * 8);
  return bytes;
}

/** The field of a meter's bucket. */
export const meterField = ({ scope, unit }: Meter): string => `${scope}/${unit}`;

/** 0 for none. */
export const rank = (tier: ModelTier | undefined) => (tier === undefined ? 0 : rankOf(tier));

export const windowsText = ({ day, month }: Windows) =>
  JSON.stringify([day.startMs, day.endMs, month.startMs, month.endMs]);
