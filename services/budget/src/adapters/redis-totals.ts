import { keyPart, type RedisClient } from "@switchyard/redis";
import type { LedgerLine } from "../domain/ledger.ts";
import { type Dimension, type Group, matches, type Name, type TotalsQuery } from "../domain/report.ts";
import { organisationOf, type Payer } from "../domain/scopes.ts";
import { measures, plusTotals, type Totals, totalsOf } from "../domain/totals.ts";
import { budgetKey, nameOf } from "./redis-ledger.ts";

/** The field of a day's totals that a line counts in. Escaped names have no `:`. */
export const totalsField = ({ tenant, feature, user }: Pick<Payer, "tenant" | "feature" | "user">, model: string) =>
  [tenant, feature, user, model].map(keyPart).join(":");

/** What lines add to the totals, as the settle script takes it: different fields, each with its sums behind it. */
export function totalsArguments(lines: readonly LedgerLine[]): string[] {
  const sums = new Map<string, Totals>();
  for (const line of lines) {
    const field = totalsField(line.caller, line.model);
    const known = sums.get(field);
    const totals = totalsOf(line);
    sums.set(field, known ? plusTotals(known, totals) : totals);
  }
  return [...sums].flatMap(([field, totals]) => [field, measures.map((measure) => totals[measure]).join(" ")]);
}

type Place = Pick<Payer, "organisation" | "tenant">;

/** Sums up what is kept of the organisations of some places. */
export async function readTotals(
  redis: RedisClient,
  places: readonly Place[],
  { filter, by }: TotalsQuery,
): Promise<Group[]> {
  const asked = places.filter(({ tenant }) => filter.tenant === undefined || filter.tenant === tenant);
  const groups = new Map<string, Group>();
  for (const organisation of new Set(asked.map(organisationOf))) {
    if (filter.organisation !== undefined && filter.organisation !== organisation) continue;
    const key = budgetKey(organisation);
    for (const day of await redis.smembers(`${key}:total-days`)) {
      const dayMs = Number(day);
      if (dayMs < filter.fromMs || dayMs >= filter.toMs) continue;
      for (const [field, value] of await scanAll(redis, `${key}:totals:${day}`)) {
        const [tenant = "", feature = "", user = "", model = ""] = field.split(":").map(nameOf);
        const own = { organisation, tenant, feature, user, model };
        if (matches(filter, dayMs, own)) add(groups, by, dayMs, own, toTotals(value));
      }
    }
  }
  return [...groups.values()];
}

const fieldsAtOnce = 1_000;

/** All of a hash, without keeping the server for as long as it is large. A field may turn up twice in a scan. */
async function scanAll(redis: RedisClient, key: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  let cursor = "0";
  do {
    const [next, fieldsAndValues] = await redis.hscan(key, cursor, "COUNT", fieldsAtOnce);
    for (let at = 0; at < fieldsAndValues.length; at += 2) {
      found.set(fieldsAndValues[at] as string, fieldsAndValues[at + 1] as string);
    }
    cursor = next;
  } while (cursor !== "0");
  return found;
}

function toTotals(value: string): Totals {
  const numbers = value.split(" ");
  return Object.fromEntries(measures.map((measure, at) => [measure, BigInt(numbers[at] ?? 0)])) as Totals;
}

function add(
  groups: Map<string, Group>,
  by: readonly Dimension[],
  dayMs: number,
  own: Readonly<Record<Name, string>>,
  totals: Totals,
): void {
  const key = JSON.stringify(by.map((dimension) => (dimension === "day" ? dayMs : own[dimension])));
  const known = groups.get(key);
  const of = (name: Name) => (by.includes(name) ? own[name] : undefined);
  groups.set(key, {
    dayMs: by.includes("day") ? dayMs : undefined,
    organisation: of("organisation"),
    tenant: of("tenant"),
    feature: of("feature"),
    user: of("user"),
    model: of("model"),
    totals: known ? plusTotals(known.totals, totals) : totals,
  });
}
