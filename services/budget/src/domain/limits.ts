import type { LimitName, LimitPolicy, LimitSetting, ScopeLimits, TenantLimits } from "./policy.ts";
import { organisationOf, type Payer, scopeName } from "./scopes.ts";
import { type ModelTier, modelTiers } from "./tally.ts";

/** What a limit counts. */
export type Unit = "tokens" | "usd_nanos" | "requests";

export type Window = "day" | "month" | "minute";

/** A bound on what a scope may use in a window. */
export interface Limit {
  /** For people and errors: `tenant/acme/tokens_per_day`. */
  readonly name: string;
  /** Whose usage it bounds, see {@link scopeName}. */
  readonly scope: string;
  /** The tier of models that it bounds the use of; undefined: all of them. */
  readonly tier: ModelTier | undefined;
  readonly unit: Unit;
  readonly window: Window;
  /** In its unit; of a window of a minute, what may come at once. */
  readonly allowed: bigint;
  /** How much leaks in a minute, where that is the window. */
  readonly perMinute: number;
  /** Share from which on it warns. */
  readonly warnAt: number | undefined;
  /** Share from which on it advises against every tier above, by the rank of the tier: standard, economy. */
  readonly downgradeAt: { readonly standard: number | undefined; readonly economy: number | undefined };
}

/** The windows that end last come first, so that what a refusal names is not gone long before the others are. */
const kinds: readonly { name: LimitName; suffix: string; unit: Unit; window: Window }[] = [
  { name: "tokensPerMonth", suffix: "tokens_per_month", unit: "tokens", window: "month" },
  { name: "usdPerMonth", suffix: "usd_per_month", unit: "usd_nanos", window: "month" },
  { name: "tokensPerDay", suffix: "tokens_per_day", unit: "tokens", window: "day" },
  { name: "usdPerDay", suffix: "usd_per_day", unit: "usd_nanos", window: "day" },
  { name: "requestsPerMinute", suffix: "requests_per_minute", unit: "requests", window: "minute" },
  { name: "tokensPerMinute", suffix: "tokens_per_minute", unit: "tokens", window: "minute" },
];

const windowsInOrder: readonly Window[] = ["month", "day", "minute"];

/** The limits that a request of this payer has to fit, in the order they are named in a refusal; undefined: no such tier. */
export function limitsFor(payer: Payer, budgetTier: string, policy: LimitPolicy): Limit[] | undefined {
  const tier = own(policy.tiers, budgetTier);
  if (tier === undefined) return undefined;
  const { tenant, user, feature, apiKey } = payer;
  const organisation = organisationOf(payer);
  const special = own(policy.tenants, tenant);
  const limits = [
    ...scopeLimits(scopeName.organisation(organisation), [
      tier.organisation,
      special?.organisation,
      own(policy.organisations, organisation),
    ]),
    ...scopeLimits(scopeName.tenant(tenant), [tier.tenant, special?.tenant]),
    ...named("user", user, [tier.user, special?.user], special?.users, payer),
    ...named("feature", feature, [tier.feature, special?.feature], special?.features, payer),
    ...named("apiKey", apiKey, [tier.apiKey, special?.apiKey], special?.apiKeys, payer),
    ...modelTiers.flatMap((each) => {
      const key = each.slice(5).toLowerCase() as "economy" | "standard" | "premium";
      return scopeLimits(scopeName.modelTier(tenant, each), [tier.modelTier[key], special?.modelTier[key]], each);
    }),
  ];
  return windowsInOrder.flatMap((window) => limits.filter((limit) => limit.window === window));
}

function named(
  kind: "user" | "feature" | "apiKey",
  name: string,
  ofEach: readonly (ScopeLimits | undefined)[],
  ofNamed: TenantLimits["users"] | undefined,
  { tenant }: Payer,
): Limit[] {
  return name === "" ? [] : scopeLimits(scopeName[kind](tenant, name), [...ofEach, ofNamed && own(ofNamed, name)]);
}

/** The limits of a scope; of several settings the last that is there holds, one by one. */
function scopeLimits(scope: string, settings: readonly (ScopeLimits | undefined)[], tier?: ModelTier): Limit[] {
  const limits: Limit[] = [];
  for (const { name, suffix, unit, window } of kinds) {
    const setting = settings.findLast((each) => each?.[name] !== undefined)?.[name];
    if (setting === undefined) continue;
    const { warnAt, downgradeAt } = setting;
    limits.push({
      name: `${scope}/${suffix}`,
      scope,
      tier,
      unit,
      window,
      allowed: allowedBy(setting, unit),
      perMinute: window === "minute" ? setting.hard : 0,
      warnAt,
      downgradeAt: { standard: downgradeAt?.standard, economy: downgradeAt?.economy },
    });
  }
  return limits;
}

function allowedBy({ hard, burst }: LimitSetting, unit: Unit): bigint {
  return unit === "usd_nanos" ? BigInt(Math.round(hard * 1e9)) : BigInt(burst ?? hard);
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
