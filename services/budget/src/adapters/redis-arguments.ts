import type { Windows } from "../domain/calendar.ts";
import type { Unit } from "../domain/limits.ts";
import { type ModelTier, rankOf } from "../domain/tally.ts";
import type { Meter, Terms } from "../domain/terms.ts";

// What the scripts are told, as their heads describe it.

/** Where a request is counted. */
export function planText({ accounts, meters }: Terms): string {
  return JSON.stringify({
    a: accounts.map(({ scope, period, tier }) => [period === "day" ? 1 : 2, scope, rank(tier)]),
    m: meters.map((meter) => [meterField(meter), meter.unit === "requests" ? 1 : 2, meter.perMinute, rank(meter.tier)]),
  });
}

const unitInScript: Record<Unit, number> = { tokens: 1, usd_nanos: 2, requests: 3 };

/** What a request has to fit. */
export function termsText({ terms }: Terms): string {
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
  return JSON.stringify(numbers);
}

/** The field of a meter's bucket. */
export const meterField = ({ scope, unit }: Meter): string => `${scope}/${unit}`;

/** 0 for none. */
export const rank = (tier: ModelTier | undefined) => (tier === undefined ? 0 : rankOf(tier));

export const windowsText = ({ day, month }: Windows) =>
  JSON.stringify([day.startMs, day.endMs, month.startMs, month.endMs]);
