import { describe, expect, it } from "vitest";
import { limitsFor, scopesOf, type TierLimits } from "./limits.ts";

const jane = { tenant: "acme", user: "jane" };
const tier = (tenant: TierLimits["tenant"], user: TierLimits["user"] = {}): TierLimits => ({ tenant, user });
const allowed = (payer: typeof jane, name: string, policy: Parameters<typeof limitsFor>[2]) =>
  limitsFor(payer, name, policy)?.map((limit) => [limit.name, limit.allowed]);

describe("the limits of a request", () => {
  it("are those of its tier, the tenant's first, tokens before money", () => {
    const pro = tier({ tokensPerDay: 100, usdPerDay: 2 }, { tokensPerDay: 10, usdPerDay: 0.29 });
    expect(limitsFor(jane, "pro", { tiers: { pro }, tenants: {} })).toEqual([
      { name: "tenant/acme/tokens_per_day", scope: "tenant/acme", unit: "tokens", allowed: 100n, window: "day" },
      {
        name: "tenant/acme/usd_per_day",
        scope: "tenant/acme",
        unit: "usd_nanos",
        allowed: 2_000_000_000n,
        window: "day",
      },
      { name: "user/acme/jane/tokens_per_day", scope: "user/acme/jane", unit: "tokens", allowed: 10n, window: "day" },
      {
        name: "user/acme/jane/usd_per_day",
        scope: "user/acme/jane",
        unit: "usd_nanos",
        allowed: 290_000_000n,
        window: "day",
      },
    ]);
  });

  it("are none where nothing is configured", () => {
    expect(limitsFor(jane, "pro", { tiers: { pro: tier({}) }, tenants: {} })).toEqual([]);
  });

  it("leave the user's out where there is no user", () => {
    const policy = { tiers: { pro: tier({ tokensPerDay: 100 }, { tokensPerDay: 10 }) }, tenants: {} };
    expect(allowed({ tenant: "acme", user: "" }, "pro", policy)).toEqual([["tenant/acme/tokens_per_day", 100n]]);
  });

  it("are the tenant's own where it has them, one by one", () => {
    const policy = {
      tiers: { pro: tier({ tokensPerDay: 100, usdPerDay: 1 }, { tokensPerDay: 10 }) },
      tenants: { acme: tier({ tokensPerDay: 500 }, { usdPerDay: 3 }) },
    };
    expect(allowed(jane, "pro", policy)).toEqual([
      ["tenant/acme/tokens_per_day", 500n],
      ["tenant/acme/usd_per_day", 1_000_000_000n],
      ["user/acme/jane/tokens_per_day", 10n],
      ["user/acme/jane/usd_per_day", 3_000_000_000n],
    ]);
  });

  it("are undefined for a tier that is not configured, also where its name is that of a property", () => {
    expect(limitsFor(jane, "gold", { tiers: {}, tenants: {} })).toBeUndefined();
    expect(limitsFor(jane, "constructor", { tiers: {}, tenants: {} })).toBeUndefined();
    const policy = { tiers: { pro: tier({ tokensPerDay: 1 }) }, tenants: {} };
    expect(allowed({ tenant: "constructor", user: "" }, "pro", policy)).toEqual([
      ["tenant/constructor/tokens_per_day", 1n],
    ]);
  });
});

describe("the scopes of a request", () => {
  it("are its tenant and its user, and differ where names do", () => {
    expect(scopesOf(jane)).toEqual(["tenant/acme", "user/acme/jane"]);
    expect(scopesOf({ tenant: "acme", user: "" })).toEqual(["tenant/acme"]);
    expect(scopesOf({ tenant: "a/b", user: "c" })[1]).not.toBe(scopesOf({ tenant: "a", user: "b/c" })[1]);
    expect(scopesOf({ tenant: "a/b", user: "" })[0]).not.toBe(scopesOf({ tenant: "a%2Fb", user: "" })[0]);
  });
});
