import type { ParseArgsOptionsConfig } from "node:util";
import { LedgerFilter } from "@switchyard/contracts/budget/v1/budget";
import { UsageError } from "../command.ts";
import { isAddress } from "../terminal/address.ts";
import { defaultAddress, type LedgerTarget } from "./budget-connection.ts";

/** The options that say which entries of which ledger are wanted, for parseArgs. */
export const filterOptions = {
  address: { type: "string" },
  key: { type: "string" },
  since: { type: "string" },
  until: { type: "string" },
  organisation: { type: "string" },
  tenant: { type: "string" },
  user: { type: "string" },
  feature: { type: "string" },
  model: { type: "string" },
} as const satisfies ParseArgsOptionsConfig;

/** What `--help` says of them. */
export const filterUsage = `  --since DAYS|DATE      from when: 7d or 4w are the running day and those before it, so many in all; 2026-11-01 is that day. Days
                         begin where the platform's configuration says (budget.timeZone)
  --until DATE           the last day, included; without it, up to now
  --organisation, --tenant, --user, --feature, --model NAME
                         only of this one; an empty name is what has none
  --address HOST:PORT    the BudgetService that keeps the ledger, ${defaultAddress} by default, where \`npm start\` has it; or a
                         router, which shows what belongs to the tenant of the key, and all of it to an operator's
  --key KEY              the API key for a router; by default SWITCHYARD_ROUTER_KEY
`;

export type FilterValues = { readonly [Name in keyof typeof filterOptions]?: string | undefined };

/** The filter that the options mean. Throws UsageError that names the option. */
export function filterOf({ since = "", until = "", ...values }: FilterValues): LedgerFilter {
  const { organisation, tenant, user, feature, model } = values;
  if (until !== "" && !isDate(until)) throw new UsageError(`--until must be a date such as 2026-11-01, not "${until}"`);
  const lastDays = lastDaysOf(since);
  if (since !== "" && lastDays === 0 && !isDate(since)) {
    throw new UsageError(`--since must be 7d, 4w or a date such as 2026-11-01, not "${since}"`);
  }
  const sinceDate = lastDays > 0 ? "" : since;
  if (sinceDate !== "" && until !== "" && until < sinceDate)
    throw new UsageError("--until must not lie before --since");
  const names = { organisation, tenant, user, feature, model };
  const given = Object.fromEntries(Object.entries(names).filter(([, name]) => name !== undefined));
  return LedgerFilter.create({ ...given, sinceDate, untilDate: until, lastDays });
}

const mostDays = 36_500;

function lastDaysOf(since: string): number {
  const [, count, unit] = /^(\d{1,6})([dw])$/.exec(since) ?? [];
  if (count === undefined) return 0;
  const days = Number(count) * (unit === "w" ? 7 : 1);
  if (days < 1 || days > mostDays) throw new UsageError(`--since must be 1d to ${mostDays}d, not "${since}"`);
  return days;
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && toDate(text) === text;
}

// A day that its month does not have is taken for one of the next month.
const toDate = (text: string) => new Date(text).toISOString().slice(0, 10);

/** Which ledger the options mean. Throws UsageError. */
export function targetOf({ address = defaultAddress, key }: FilterValues, environment: Environment): LedgerTarget {
  if (!isAddress(address)) throw new UsageError(`--address must be HOST:PORT, not "${address}"`);
  return { address, key: (key ?? environment.SWITCHYARD_ROUTER_KEY) || undefined };
}

type Environment = Readonly<Record<string, string | undefined>>;
