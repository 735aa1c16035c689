import { z } from "zod";
import { address, fraction, name, positiveInt } from "./primitives.ts";

/** From how full on `auto` requests get no model above a tier: `{ standard: 0.8, economy: 0.95 }`. */
const downgradeAt = z
  .strictObject({ standard: fraction.optional(), economy: fraction.optional() })
  .refine(({ standard = 0, economy = 1 }) => standard <= economy, "must not go to economy before standard");

const soft = {
  /** Share of the limit from which on answers carry a warning. */
  warnAt: fraction.optional(),
  downgradeAt: downgradeAt.optional(),
};

type Amount = z.ZodNumber;

/** A limit: the number that is never passed, or `{ hard, warnAt, downgradeAt }`. */
const limit = (amount: Amount) =>
  z.union([amount.transform((hard): LimitConfig => ({ hard })), z.strictObject({ hard: amount, ...soft })], {
    error: "must be a positive number, or { hard, warnAt, downgradeAt }",
  });

/** A limit per minute; `burst` is how much of it may come at once, a minute's worth unless said otherwise. */
const rate = (amount: Amount) =>
  z.union(
    [
      amount.transform((hard): LimitConfig => ({ hard })),
      z.strictObject({ hard: amount, burst: amount.optional(), ...soft }),
    ],
    { error: "must be a positive number, or { hard, burst, warnAt, downgradeAt }" },
  );

interface LimitConfig {
  readonly hard: number;
  readonly burst?: number | undefined;
  readonly warnAt?: number | undefined;
  readonly downgradeAt?: { readonly standard?: number | undefined; readonly economy?: number | undefined } | undefined;
}

// At most what nano-USD, and tokens in 60,000,000ths, count exactly in a double.
const usd = z.number().positive().max(9_000_000);
const perMinute = positiveInt.max(100_000_000);

/** What one scope may use. Days and months are those of the calendar, in `budget.timeZone`. */
const limits = z.strictObject({
  tokensPerDay: limit(positiveInt).optional(),
  tokensPerMonth: limit(positiveInt).optional(),
  usdPerDay: limit(usd).optional(),
  usdPerMonth: limit(usd).optional(),
  requestsPerMinute: rate(perMinute).optional(),
  tokensPerMinute: rate(perMinute).optional(),
});

const scope = limits.prefault({});

/** A request has to fit the limits of every scope it belongs to. */
const scopes = {
  /** What all tenants of an organisation together may use. */
  organisation: scope,
  /** What a tenant may use. */
  tenant: scope,
  /** What each user of a tenant may use. */
  user: scope,
  /** What each product feature of a tenant may use. */
  feature: scope,
  /** What each API key may use, by its name. */
  apiKey: scope,
  /** What a tenant may use of the models of a tier. */
  modelTier: z.strictObject({ economy: scope, standard: scope, premium: scope }).prefault({}),
};

const budgetTier = z.strictObject(scopes);

/** `deny`, or a grace that each process may grant by itself until the store is back, and then books. */
const whenUnreachable = z.union(
  [z.literal("deny"), z.strictObject({ allow: z.strictObject({ tokens: positiveInt, usd }) })],
  { error: "must be deny, or { allow: { tokens, usd } }" },
);

const budgetTenant = z.strictObject({
  ...scopes,
  /** Limits of single users, features and API keys, over those of each. */
  users: z.record(z.string().min(1), limits).default({}),
  features: z.record(z.string().min(1), limits).default({}),
  apiKeys: z.record(name, limits).default({}),
  /** What becomes of requests while the store cannot be reached, in place of `budget.whenUnreachable`. */
  whenUnreachable: whenUnreachable.optional(),
});

const timeZone = z.string().refine((zone) => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }) !== undefined;
  } catch {
    return false;
  }
}, "must be a time zone of the IANA database: UTC, Europe/Berlin, ...");

export const budget = z.strictObject({
  listen: address.default("127.0.0.1:50054"),
  adminListen: address.default("127.0.0.1:9454"),
  store: z.enum(["embedded", "redis"]).default("embedded"),
  /** How long a reservation holds before it counts as spent, in seconds. */
  leaseSeconds: positiveInt.max(86_400).default(600),
  /** Where days and months begin. */
  timeZone: timeZone.default("UTC"),
  /** How long single ledger entries stay. The totals by day, tenant, feature, user and model stay for good. */
  ledgerKeepDays: positiveInt.max(36_500).default(400),
  /** What becomes of requests while Redis cannot be reached; the embedded store always denies what it cannot write down. */
  whenUnreachable: whenUnreachable.default("deny"),
  tiers: z.record(name, budgetTier).prefault({
    free: { tenant: { tokensPerDay: 10_000 } },
    pro: { tenant: { tokensPerDay: 100_000 } },
    enterprise: { tenant: { tokensPerDay: 1_000_000 } },
  }),
  /** Limits of single organisations, over those of the tier; one by one. */
  organisations: z.record(name, limits).default({}),
  /** Limits of single tenants, over those of their tier; one by one. */
  tenants: z.record(name, budgetTenant).default({}),
});
