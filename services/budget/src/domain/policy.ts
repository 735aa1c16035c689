/** A limit as configured. */
export interface LimitSetting {
  /** Never passed. Tokens, USD or requests. */
  readonly hard: number;
  /** Of a limit per minute: how much of it may come at once; a minute's worth if absent. */
  readonly burst?: number | undefined;
  /** Share from which on answers carry a warning. */
  readonly warnAt?: number | undefined;
  /** Shares from which on `auto` requests get no model above the tier. */
  readonly downgradeAt?: { readonly standard?: number | undefined; readonly economy?: number | undefined } | undefined;
}

/** The limits of one scope; absent is unlimited. */
export type ScopeLimits = { readonly [Name in LimitName]?: LimitSetting | undefined };

export type LimitName =
  | "tokensPerDay"
  | "tokensPerMonth"
  | "usdPerDay"
  | "usdPerMonth"
  | "requestsPerMinute"
  | "tokensPerMinute";

/** The limits of every scope of a tenant. */
export interface TierLimits {
  readonly organisation: ScopeLimits;
  readonly tenant: ScopeLimits;
  readonly user: ScopeLimits;
  readonly feature: ScopeLimits;
  readonly apiKey: ScopeLimits;
  readonly modelTier: Readonly<Record<"economy" | "standard" | "premium", ScopeLimits>>;
}

/** What is special about a tenant; each limit that is set stands in place of the tier's. */
export interface TenantLimits extends TierLimits {
  readonly users: Readonly<Record<string, ScopeLimits>>;
  readonly features: Readonly<Record<string, ScopeLimits>>;
  readonly apiKeys: Readonly<Record<string, ScopeLimits>>;
}

/** Every limit of the configuration. */
export interface LimitPolicy {
  readonly tiers: Readonly<Record<string, TierLimits>>;
  readonly organisations: Readonly<Record<string, ScopeLimits>>;
  readonly tenants: Readonly<Record<string, TenantLimits>>;
}
