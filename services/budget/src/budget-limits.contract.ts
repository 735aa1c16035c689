import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ModelTier, Tally } from "./domain/tally.ts";
import type { BudgetStore, ReserveOrder } from "./ports.ts";
import {
  amount,
  attempt,
  type BudgetStoreFixture,
  callerOf,
  counts,
  hourMs,
  minuteMs,
  noonMs,
  type OpenFixture,
  order,
  type PlainTier,
  reserve,
  settlement,
  termsOf,
} from "./testing/budget-store-fixture.ts";

const dayMs = 24 * hourMs;

/** What every BudgetStore makes of limits: scopes, windows, rates, tiers and soft limits. One suite for all adapters. */
export function budgetLimitsContract(open: OpenFixture): void {
  let fixture: BudgetStoreFixture;
  let store: BudgetStore;

  beforeEach(async () => {
    fixture = await open();
    store = fixture.store;
  });
  afterEach(() => fixture.close());

  const acme = callerOf("acme", "jane", { organisation: "umbrella", feature: "search", apiKey: "ci" });
  let sequence = 0;
  /** The name of the limit that refuses a new request, or true. */
  const ask = async (tier: PlainTier, fields: Partial<ReserveOrder> & { amount?: ReturnType<typeof amount> }) => {
    const verdict = await reserve(store, order(`a${sequence++}`, tier, { caller: acme, ...fields }));
    return verdict.granted || verdict.limit.name;
  };
  const settleIn = (tier: PlainTier, requestId: string, tokens: number, fields: { caller?: typeof acme } = {}) => {
    const settled = settlement(requestId, [attempt({ tokens })], { caller: acme, ...fields });
    return store.settle(settled, termsOf(settled.caller, tier));
  };

  describe("a scope", () => {
    const each = { tokensPerDay: 10 };

    it.each([
      ["feature", { feature: each }, { feature: "chat" }, "feature/acme/search/tokens_per_day"],
      ["API key", { apiKey: each }, { apiKey: "laptop" }, "key/acme/ci/tokens_per_day"],
      ["user", { user: each }, { user: "joe" }, "user/acme/jane/tokens_per_day"],
      ["tenant", { tenant: each }, { tenant: "acme-labs" }, "tenant/acme/tokens_per_day"],
      ["organisation", { organisation: each }, { organisation: "tyrell" }, "organisation/umbrella/tokens_per_day"],
    ])("is bounded as a %s, and no other of its kind with it", async (_kind, tier, other, name) => {
      expect(await ask(tier, { amount: amount(10) })).toBe(true);
      expect(await ask(tier, { amount: amount(1) })).toBe(name);
      expect(await ask(tier, { amount: amount(10), caller: { ...acme, ...other } })).toBe(true);
    });

    it("of an organisation spans its tenants, reserved or settled", async () => {
      const tier = { organisation: { tokensPerDay: 100 } };
      await settleIn(tier, "s1", 30, { caller: { ...acme, tenant: "acme-labs" } });
      expect(await ask(tier, { amount: amount(60), caller: { ...acme, tenant: "acme-labs" } })).toBe(true);
      expect(await ask(tier, { amount: amount(11) })).toBe("organisation/umbrella/tokens_per_day");
      expect(await ask(tier, { amount: amount(10) })).toBe(true);
      expect(await counts(store, "organisation/umbrella", "umbrella")).toEqual([30, 0, 70, 0]);
      expect(await counts(store, "tenant/acme", "umbrella")).toEqual([0, 0, 10, 0]);
    });

    it("gives back what was reserved too high when it is settled or released", async () => {
      const tier = { feature: { tokensPerDay: 10, tokensPerMonth: 10, tokensPerMinute: 10 } };
      await store.reserve(order("r1", tier, { caller: acme, amount: amount(10) }));
      await settleIn(tier, "r1", 4);
      expect(await ask(tier, { amount: amount(7) })).toBe("feature/acme/search/tokens_per_month");
      await store.reserve(order("r2", tier, { caller: acme, amount: amount(6) }));
      await store.release("r2", acme);
      expect(await ask(tier, { amount: amount(6) })).toBe(true);
    });

    it("is held to what it was reserved in, whatever is configured when it is settled", async () => {
      const tier = { feature: { tokensPerDay: 10 } };
      await store.reserve(order("r1", tier, { caller: acme, amount: amount(10) }));
      await settleIn({}, "r1", 4);
      expect(await ask(tier, { amount: amount(7) })).toBe("feature/acme/search/tokens_per_day");
      expect(await ask(tier, { amount: amount(6) })).toBe(true);
    });
  });

  describe("a month", () => {
    const tier = { tenant: { tokensPerMonth: 100, tokensPerDay: 60 } };

    it("holds what its days use together, and begins anew with the next", async () => {
      await settleIn(tier, "r1", 60);
      expect(await ask(tier, { amount: amount(1) })).toBe("tenant/acme/tokens_per_day");
      fixture.advance(dayMs);
      expect(await ask(tier, { amount: amount(41) })).toBe("tenant/acme/tokens_per_month");
      expect(await ask(tier, { amount: amount(40) })).toBe(true);
      fixture.advance(30 * dayMs);
      expect(await ask(tier, { amount: amount(60) })).toBe(true);
    });

    it("says when it ends", async () => {
      await settleIn(tier, "r1", 100);
      const verdict = await store.reserve(order("r2", tier, { caller: acme, amount: amount(1) }));
      expect(verdict).toMatchObject({ shortage: { endsAt: new Date(Date.UTC(2040, 1, 1)) } });
    });

    it("is counted from its beginning, even where the limit is newer", async () => {
      await settleIn({}, "r1", 70);
      fixture.advance(dayMs);
      expect(await ask(tier, { amount: amount(31) })).toBe("tenant/acme/tokens_per_month");
    });

    it("takes a settlement that comes after its end", async () => {
      fixture.advance(31 * dayMs - 12 * hourMs - minuteMs);
      await store.reserve(order("r1", tier, { caller: acme, amount: amount(50), leaseMs: hourMs }));
      fixture.advance(2 * minuteMs);
      await settleIn(tier, "r1", 50);
      expect(await ask(tier, { amount: amount(60) })).toBe(true);
    });
  });

  describe("a rate", () => {
    it("of requests lets its burst through, then one for each that has leaked", async () => {
      const tier = { apiKey: { requestsPerMinute: { hard: 6, burst: 2 } } };
      expect([await ask(tier, {}), await ask(tier, {}), await ask(tier, {})]).toEqual([
        true,
        true,
        "key/acme/ci/requests_per_minute",
      ]);
      fixture.advance(10_000);
      expect([await ask(tier, {}), await ask(tier, {})]).toEqual([true, "key/acme/ci/requests_per_minute"]);
    });

    it("of requests says when there is room, and with what numbers it is full", async () => {
      const tier = { tenant: { requestsPerMinute: 6 } };
      for (let count = 0; count < 6; count++) expect(await ask(tier, {})).toBe(true);
      const verdict = await store.reserve(order("more", tier, { caller: acme }));
      expect(verdict).toMatchObject({
        verdict: "refused",
        shortage: { limit: { unit: "requests", allowed: 6n }, used: 6n, reserved: 0n, requested: 1n },
      });
      const { retryAfterMs = 0, endsAt } = verdict.verdict === "refused" ? verdict.shortage : {};
      expect(retryAfterMs).toBeGreaterThan(9_000);
      expect(retryAfterMs).toBeLessThanOrEqual(10_000);
      expect(Math.abs((endsAt?.getTime() ?? 0) - noonMs - 10_000)).toBeLessThan(minuteMs);
    });

    it("of requests counts nothing that was refused, and nothing twice", async () => {
      const tier = { tenant: { requestsPerMinute: 2, tokensPerDay: 10 } };
      expect(await ask(tier, { amount: amount(11) })).toBe("tenant/acme/tokens_per_day");
      await reserve(store, order("r1", tier, { caller: acme }));
      await reserve(store, order("r1", tier, { caller: acme }));
      expect(await ask(tier, {})).toBe(true);
      expect(await ask(tier, {})).toBe("tenant/acme/requests_per_minute");
    });

    it("of tokens holds what is in flight until it is settled, and lets leak what was used", async () => {
      const tier = { tenant: { tokensPerMinute: 60 } };
      await store.reserve(order("r1", tier, { caller: acme, amount: amount(50) }));
      fixture.advance(minuteMs);
      expect(await ask(tier, { amount: amount(11) })).toBe("tenant/acme/tokens_per_minute");
      await settleIn(tier, "r1", 30);
      expect(await ask(tier, { amount: amount(31) })).toBe("tenant/acme/tokens_per_minute");
      fixture.advance(10_000);
      expect(await ask(tier, { amount: amount(40) })).toBe(true);
    });

    it("of tokens never lets a request through that is larger than the burst, and does not say when to come again", async () => {
      const tier = { tenant: { tokensPerMinute: { hard: 1_000, burst: 100 } } };
      const verdict = await store.reserve(order("r1", tier, { caller: acme, amount: amount(101) }));
      expect(verdict).toMatchObject({
        verdict: "refused",
        shortage: { requested: 101n, endsAt: undefined, retryAfterMs: undefined },
      });
    });

    it("counts what is presumed spent when it is presumed, and is not changed by what corrects it later", async () => {
      const tier = { tenant: { tokensPerMinute: 60 } };
      await store.reserve(order("r1", tier, { caller: acme, amount: amount(60), leaseMs: minuteMs }));
      fixture.advance(2 * minuteMs);
      expect(await store.sweep()).toBe(1);
      expect(await ask(tier, { amount: amount(10) })).toBe("tenant/acme/tokens_per_minute");
      fixture.advance(minuteMs);
      await settleIn(tier, "r1", 5);
      expect(await ask(tier, { amount: amount(60) })).toBe(true);
    });
  });

  describe("a tier of models", () => {
    const bounds = (parts: Partial<Record<ModelTier, number>>, all = Math.max(...Object.values(parts))): Tally => ({
      all: amount(all),
      byTier: Object.fromEntries(Object.entries(parts).map(([tier, tokens]) => [tier, amount(tokens)])),
    });
    const both = bounds({ TIER_PREMIUM: 40, TIER_ECONOMY: 20 });
    const tier = { modelTier: { premium: { tokensPerDay: 100 } } };
    const premiumFirst = { caller: acme, bound: both, firstTier: "TIER_PREMIUM" } as const;

    it("counts what its models use, and nothing of others", async () => {
      const terms = termsOf(acme, tier);
      await store.reserve(order("r1", tier, premiumFirst));
      const attempts = [
        attempt({ tokens: 7, tier: "TIER_ECONOMY" }),
        attempt({ tokens: 30, model: "large", tier: "TIER_PREMIUM" }),
      ];
      await store.settle(settlement("r1", attempts, { caller: acme }), terms);
      expect(await counts(store, "tier/acme/premium", "umbrella")).toEqual([30, 0, 0, 0]);
      expect(await counts(store, "tenant/acme", "umbrella")).toEqual([37, 0, 0, 0]);
    });

    it("that has too little left refuses a request that names its model, and narrows one that may go elsewhere", async () => {
      await store.reserve(order("r1", tier, { ...premiumFirst, bound: bounds({ TIER_PREMIUM: 70 }) }));
      const limit = expect.objectContaining({ name: "tier/acme/premium/tokens_per_day" });
      expect(await store.reserve(order("r2", tier, premiumFirst))).toMatchObject({
        verdict: "refused",
        shortage: { limit, reserved: 70n, requested: 40n },
      });
      expect(await store.reserve(order("r2", tier, { ...premiumFirst, isRouted: true }))).toMatchObject({
        verdict: "narrowed",
        tiers: ["TIER_ECONOMY", "TIER_STANDARD"],
        because: { limit, share: 0.7 },
        shortage: { limit },
      });
      const fallback = { caller: acme, bound: both, firstTier: "TIER_ECONOMY" } as const;
      expect(await store.reserve(order("r2", tier, fallback))).toMatchObject({ verdict: "narrowed" });
      const cheap = { ...fallback, bound: bounds({ TIER_ECONOMY: 20 }) };
      expect(await store.reserve(order("r2", tier, cheap))).toMatchObject({ verdict: "granted" });
    });

    it("refuses where nothing else is left, and where another limit refuses anyway", async () => {
      const all = { tokensPerDay: 10 };
      const closed = { modelTier: { economy: all, standard: all, premium: all }, tenant: { usdPerDay: 1e-9 } };
      const everything = bounds({ TIER_PREMIUM: 11, TIER_STANDARD: 11, TIER_ECONOMY: 11 });
      const wanted = { caller: acme, bound: everything, firstTier: "TIER_PREMIUM", isRouted: true } as const;
      expect(await store.reserve(order("r1", closed, wanted))).toMatchObject({
        verdict: "refused",
        shortage: { limit: { name: "tier/acme/economy/tokens_per_day" } },
      });
      const dear = { ...wanted, bound: { ...everything, all: amount(11, 2) } };
      expect(await store.reserve(order("r1", closed, dear))).toMatchObject({
        verdict: "refused",
        shortage: { limit: { name: "tenant/acme/usd_per_day" } },
      });
    });

    it("counts requests of its first choice, and of what answered in its place", async () => {
      const rated = { modelTier: { premium: { requestsPerMinute: 2 }, economy: { requestsPerMinute: 1 } } };
      await store.reserve(order("r1", rated, premiumFirst));
      const attempts = [attempt({ tokens: 1, tier: "TIER_ECONOMY" })];
      await store.settle(settlement("r1", attempts, { caller: acme }), termsOf(acme, rated));
      const first = (firstTier: ModelTier) => ({ ...premiumFirst, firstTier });
      expect(await ask(rated, first("TIER_ECONOMY"))).toBe("tier/acme/economy/requests_per_minute");
      expect(await ask(rated, first("TIER_PREMIUM"))).toBe(true);
      expect(await ask(rated, first("TIER_PREMIUM"))).toBe("tier/acme/premium/requests_per_minute");
    });
  });

  describe("a soft limit", () => {
    const soft = { hard: 100, warnAt: 0.5, downgradeAt: { standard: 0.6, economy: 0.9 } };
    const tier = { tenant: { tokensPerDay: soft } };
    const premium = { caller: acme, isRouted: true, firstTier: "TIER_PREMIUM", amount: amount(1) } as const;
    let used = 0;
    const fill = (upTo: number) => {
      const tokens = upTo - used;
      used = upTo;
      return settleIn(tier, `fill ${upTo}`, tokens);
    };
    beforeEach(() => {
      used = 0;
    });
    const verdictOf = async (fields: Partial<ReserveOrder>) => {
      const verdict = await store.reserve(order(`s${sequence++}`, tier, { ...premium, ...fields }));
      if (verdict.verdict === "granted") return verdict.warnings.map(({ limit, share }) => [limit.name, share]);
      return verdict.verdict === "narrowed" ? [verdict.tiers, verdict.because.share, verdict.shortage] : [];
    };

    it("warns from its share on, with what was full when the request came", async () => {
      await fill(49);
      expect(await verdictOf({})).toEqual([]);
      expect(await verdictOf({})).toEqual([["tenant/acme/tokens_per_day", 0.5]]);
    });

    it("sends routed requests to cheaper tiers as it fills, and no others", async () => {
      await fill(60);
      expect(await verdictOf({})).toEqual([["TIER_ECONOMY", "TIER_STANDARD"], 0.6, undefined]);
      expect(await verdictOf({ isRouted: false })).toEqual([["tenant/acme/tokens_per_day", 0.6]]);
      expect(await verdictOf({ firstTier: "TIER_STANDARD" })).toEqual([["tenant/acme/tokens_per_day", 0.61]]);
      await fill(88);
      expect(await verdictOf({ firstTier: "TIER_STANDARD" })).toEqual([["TIER_ECONOMY"], 0.9, undefined]);
      expect(await verdictOf({ firstTier: "TIER_ECONOMY" })).toEqual([["tenant/acme/tokens_per_day", 0.9]]);
    });

    it("sets nothing aside for a request it sends elsewhere", async () => {
      await fill(60);
      await verdictOf({});
      expect(await counts(store, "tenant/acme", "umbrella")).toEqual([60, 0, 0, 0]);
    });

    it("still refuses when it is spent", async () => {
      await fill(100);
      expect((await store.reserve(order("r1", tier, premium))).verdict).toBe("refused");
    });
  });
}
