import { createHash } from "node:crypto";
import type { Limit } from "../domain/limits.ts";
import { type ModelTier, partOf, type Tally } from "../domain/tally.ts";
import type { Terms } from "../domain/terms.ts";
import { meterField, planText, termsText } from "./redis-arguments.ts";
import { totalsField } from "./redis-totals.ts";

/** A field that orders of a batch count in, and by how much all of them together. */
export interface Count {
  /** As JSON text. */
  readonly field: string;
  /** The batch that the numbers belong to; those of any other are old. */
  batch: object | undefined;
  /** Tokens, or requests of a meter. */
  first: number;
  /** Cost, or tokens of a meter. */
  second: number;
  /** Up to where no limit has anything to say, see lua/reserve.lua; of a meter only the first. */
  clearFirst: number;
  clearSecond: number;
  /** What leaks in a minute. */
  perMinute: number;
}

interface Place {
  readonly count: Count;
  readonly tier: ModelTier | undefined;
  readonly clearFirst: number;
  readonly clearSecond: number;
}

interface AccountPlace extends Place {
  readonly isDay: boolean;
}

interface MeterPlace extends Place {
  readonly countsRequests: boolean;
  readonly perMinute: number;
}

/** What different orders have to fit, once for all that have to fit the same. */
interface TermsRow {
  readonly text: string;
  batch: object | undefined;
  /** From 1. */
  place: number;
}

/** Where requests are counted, and what the store calls that. */
export interface Plan {
  readonly digest: string;
  readonly text: string;
  /** Field of a presumption in the totals. */
  readonly totals: string;
  /** The day for which the store is known to have it. */
  storedForMs: number | undefined;
  batch: object | undefined;
}

/** Terms taken apart: counts and rows are the same objects for the same names, whoever's terms they are in. */
interface Prepared {
  readonly generation: object;
  readonly plan: Plan;
  readonly row: TermsRow;
  readonly accounts: readonly AccountPlace[];
  readonly meters: readonly MeterPlace[];
}

/** The counts of one batch, in the order in which the script is told them. */
export interface BatchCounts {
  readonly day: readonly Count[];
  readonly month: readonly Count[];
  readonly meters: readonly Count[];
  readonly rows: readonly TermsRow[];
  readonly plans: readonly Plan[];
  /**
   * Adds an order. Returns its plan and the place of its row; undefined, having changed nothing, if a meter leaks otherwise
   * for it than for another order.
   */
  add(terms: Terms, bound: Tally, firstTier: ModelTier | undefined): { plan: Plan; row: number } | undefined;
}

/** Names that are kept; beyond, all of them are forgotten before the next batch. */
const mostKept = 100_000;

/** Above, doubles skip whole numbers. */
const largest = Number.MAX_SAFE_INTEGER;
const largestLevel = Math.floor(largest / 60_000_000);

/**
 * Begins batches of orders. Numbers are added up in objects that the terms lead to, so that an order costs a few additions and
 * not a search by name for each of its counters.
 */
export function batchCounting(): () => BatchCounts {
  const prepared = new WeakMap<Terms, Prepared>();
  const counts = new Map<string, Count>();
  const rows = new Map<string, TermsRow>();
  let generation = {};

  const countOf = (kind: string, field: string): Count => {
    const key = `${kind} ${field}`;
    let count = counts.get(key);
    if (count === undefined) {
      const none = { first: 0, second: 0, clearFirst: 0, clearSecond: 0, perMinute: 0 };
      count = { field: JSON.stringify(field), batch: undefined, ...none };
      counts.set(key, count);
    }
    return count;
  };
  const rowOf = (text: string): TermsRow => {
    let row = rows.get(text);
    if (row === undefined) {
      row = { text, batch: undefined, place: 0 };
      rows.set(text, row);
    }
    return row;
  };
  const prepare = (terms: Terms): Prepared => {
    const known = prepared.get(terms);
    if (known?.generation === generation) return known;
    const clearOf = (isMeter: boolean, place: number, unit: Limit["unit"] | undefined) => {
      const limits = terms.terms
        .filter((term) => (term.limit.window === "minute") === isMeter && term.place === place)
        .map(({ limit }) => limit)
        .filter((limit) => unit === undefined || limit.unit === unit);
      return Math.min(isMeter ? largestLevel : largest, ...limits.map(clearUpTo));
    };
    const made: Prepared = {
      generation,
      plan: planOf(terms),
      row: rowOf(termsText(terms)),
      accounts: terms.accounts.map(({ scope, period, tier }, at) => ({
        count: countOf(period, scope),
        tier,
        clearFirst: clearOf(false, at, "tokens"),
        clearSecond: clearOf(false, at, "usd_nanos"),
        isDay: period === "day",
      })),
      meters: terms.meters.map((meter, at) => ({
        count: countOf("meter", meterField(meter)),
        tier: meter.tier,
        clearFirst: clearOf(true, at, undefined),
        clearSecond: 0,
        countsRequests: meter.unit === "requests",
        perMinute: meter.perMinute,
      })),
    };
    prepared.set(terms, made);
    return made;
  };

  return () => {
    if (counts.size + rows.size > mostKept) {
      counts.clear();
      rows.clear();
      generation = {};
    }
    return batchOf(prepare);
  };
}

function batchOf(prepare: (terms: Terms) => Prepared): BatchCounts {
  const batch = {};
  const day: Count[] = [];
  const month: Count[] = [];
  const meters: Count[] = [];
  const rows: TermsRow[] = [];
  const plans: Plan[] = [];

  const join = ({ count, clearFirst, clearSecond }: Place, list: Count[]) => {
    if (count.batch === batch) {
      if (clearFirst < count.clearFirst) count.clearFirst = clearFirst;
      if (clearSecond < count.clearSecond) count.clearSecond = clearSecond;
      return;
    }
    list.push(count);
    count.batch = batch;
    count.first = 0;
    count.second = 0;
    count.clearFirst = clearFirst;
    count.clearSecond = clearSecond;
  };

  return {
    day,
    month,
    meters,
    rows,
    plans,
    add(terms, bound, firstTier) {
      const own = prepare(terms);
      for (const { count, perMinute } of own.meters) {
        if (count.batch === batch && count.perMinute !== perMinute) return undefined;
      }
      for (const place of own.accounts) {
        join(place, place.isDay ? day : month);
        const { tokens, costUsdNanos } = partOf(bound, place.tier);
        place.count.first += Number(tokens);
        place.count.second += Number(costUsdNanos);
      }
      for (const place of own.meters) {
        join(place, meters);
        place.count.perMinute = place.perMinute;
        const { tier } = place;
        if (!place.countsRequests) place.count.second += Number(partOf(bound, tier).tokens);
        else if (tier === undefined || tier === firstTier) place.count.first++;
      }
      if (own.row.batch !== batch) {
        own.row.batch = batch;
        own.row.place = rows.push(own.row);
      }
      if (own.plan.batch !== batch) {
        own.plan.batch = batch;
        plans.push(own.plan);
      }
      return { plan: own.plan, row: own.row.place };
    },
  };
}

function planOf(terms: Terms): Plan {
  const text = planText(terms);
  const digest = createHash("sha1").update(text).digest("base64url").slice(0, 16);
  return { digest, text, totals: totalsField(terms.payer, ""), storedForMs: undefined, batch: undefined };
}

/** Below and at it a limit neither refuses nor warns nor advises. Shares are rounded: it stays clear of them. */
function clearUpTo({ allowed, warnAt, downgradeAt: { standard, economy } }: Limit): number {
  const lowest = Math.min(warnAt ?? Infinity, standard ?? Infinity, economy ?? Infinity);
  const soft = lowest === Infinity ? Infinity : Math.floor(Number(allowed) * lowest * (1 - 1e-9)) - 1;
  return Math.min(Number(allowed), soft);
}
