import { describe, expect, it } from "vitest";
import { callerOf, type PlainTier, tierLimits } from "../testing/budget-store-fixture.ts";
import { limitsFor } from "./limits.ts";
import type { LimitPolicy, TenantLimits } from "./policy.ts";
import { scopeName } from "./scopes.ts";
import { termsBy } from "./terms.ts";

const jane = callerOf("acme", "jane", { organisation: "umbrella", feature: "search", apiKey: "ci" });
const policyOf = (tier: PlainTier, rest: Partial<LimitPolicy> = {}): LimitPolicy => ({
  tiers: { pro: tierLimits(tier) },
  organisations: {},
  tenants: {},
  ...rest,
});
const special = (tier: PlainTier, named: Partial<TenantLimits> = {}): TenantLimits => ({
  ...tierLimits(tier),
  users: {},
  features: {},
  apiKeys: {},
  ...named,
});
const allowed = (policy: LimitPolicy, payer = jane) =>
  limitsFor(payer, "pro", policy)?.map((limit) => [limit.name, Number(limit.allowed)]);

describe("the limits of a request", () => {
  it("are those of every scope it belongs to, the windows that end last first", () => {
    const each = { tokensPerDay: 10, requestsPerMinute: 5 };
    const tier = {
      organisation: { usdPerMonth: 2 },
      tenant: { ...each, tokensPerMonth: 20 },
      user: { usdPerDay: 0.29 },
      feature: each,
      apiKey: each,
      modelTier: { premium: { tokensPerDay: 3 } },
    };
    expect(allowed(policyOf(tier))).toEqual([
      ["organisation/umbrella/usd_per_month", 2_000_000_000],
      ["tenant/acme/tokens_per_month", 20],
      ["tenant/acme/tokens_per_day", 10],
      ["user/acme/jane/usd_per_day", 290_000_000],
      ["feature/acme/search/tokens_per_day", 10],
      ["key/acme/ci/tokens_per_day", 10],
      ["tier/acme/premium/tokens_per_day", 3],
      ["tenant/acme/requests_per_minute", 5],
      ["feature/acme/search/requests_per_minute", 5],
      ["key/acme/ci/requests_per_minute", 5],
    ]);
  });

  it("are none where nothing is configured, and leave out scopes that the request does not have", () => {
    expect(allowed(policyOf({}))).toEqual([]);
    const tier = { tenant: { tokensPerDay: 100 }, user: { tokensPerDay: 10 }, feature: { tokensPerDay: 10 } };
    expect(allowed(policyOf(tier), callerOf("acme"))).toEqual([["tenant/acme/tokens_per_day", 100]]);
  });

  it("are the tenant's own where it has them, one by one, and those of a name before those of all", () => {
    const tier = {
      tenant: { tokensPerDay: 100, usdPerDay: 1 },
      user: { tokensPerDay: 10 },
      feature: { tokensPerDay: 5 },
    };
    const acme = special(
      { tenant: { tokensPerDay: 500 }, feature: { tokensPerDay: 6 } },
      { users: { jane: { usdPerDay: { hard: 3 } } }, features: { search: { tokensPerDay: { hard: 7 } } } },
    );
    expect(allowed(policyOf(tier, { tenants: { acme } }))).toEqual([
      ["tenant/acme/tokens_per_day", 500],
      ["tenant/acme/usd_per_day", 1_000_000_000],
      ["user/acme/jane/tokens_per_day", 10],
      ["user/acme/jane/usd_per_day", 3_000_000_000],
      ["feature/acme/search/tokens_per_day", 7],
    ]);
  });

  it("are the organisation's own where it has them; a tenant without one is its own", () => {
    const policy = policyOf(
      { organisation: { usdPerDay: 1 } },
      { organisations: { umbrella: { usdPerDay: { hard: 9 } } } },
    );
    expect(allowed(policy)).toEqual([["organisation/umbrella/usd_per_day", 9_000_000_000]]);
    expect(allowed(policy, callerOf("acme"))).toEqual([["organisation/acme/usd_per_day", 1_000_000_000]]);
  });

  it("take a minute's worth at once unless another burst is set", () => {
    const tier = { tenant: { requestsPerMinute: 60, tokensPerMinute: { hard: 1_000, burst: 300 } } };
    const limits = limitsFor(jane, "pro", policyOf(tier)) ?? [];
    expect(limits.map(({ allowed, perMinute }) => [allowed, perMinute])).toEqual([
      [60n, 60],
      [300n, 1_000],
    ]);
  });

  it("are undefined for a tier that is not configured, also where its name is that of a property", () => {
    for (const name of ["gold", "constructor"]) expect(limitsFor(jane, name, policyOf({}))).toBeUndefined();
    const tier = { tenant: { tokensPerDay: 1 } };
    expect(allowed(policyOf(tier), callerOf("constructor"))).toEqual([["tenant/constructor/tokens_per_day", 1]]);
  });
});

describe("what a request is counted in", () => {
  it("is tenant and organisation by day and month and the user by day, limited or not", () => {
    const terms = termsBy(policyOf({ feature: { usdPerDay: 1 } }))(jane, "pro");
    expect(terms?.accounts.map(({ scope, period }) => `${scope} ${period}`)).toEqual([
      "tenant/acme day",
      "tenant/acme month",
      "organisation/umbrella day",
      "organisation/umbrella month",
      "user/acme/jane day",
      "feature/acme/search day",
    ]);
    expect(terms?.terms.map(({ place }) => place)).toEqual([5]);
  });

  it("is found once for the same caller, and anew for another", () => {
    const termsOf = termsBy(policyOf({}));
    expect(termsOf(jane, "pro")).toBe(termsOf({ ...jane }, "pro"));
    expect(termsOf({ ...jane, user: "joe" }, "pro")).not.toEqual(termsOf(jane, "pro"));
    expect(termsOf(jane, "gold")).toBeUndefined();
  });

  it("has names that differ where what they name does", () => {
    expect(scopeName.user("a/b", "c")).not.toBe(scopeName.user("a", "b/c"));
    expect(scopeName.tenant("a/b")).not.toBe(scopeName.tenant("a%2Fb"));
  });
});
