import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { standingsOf } from "./domain/standings.ts";
import type { LimitStandings } from "./ports.ts";
import {
  amount,
  attempt,
  type BudgetStoreFixture,
  callerOf,
  hourMs,
  noonMs,
  order,
  type PlainTier,
  reserve,
  settlement,
  termsOf,
} from "./testing/budget-store-fixture.ts";

export type StandingsFixture = BudgetStoreFixture & { readonly standings: LimitStandings };

/** What LimitStandings tells of the limits that its store counts. One suite for all adapters. */
export function limitStandingsContract(open: () => Promise<StandingsFixture>): void {
  describe("how full limits are", () => {
    let fixture: StandingsFixture;

    beforeEach(async () => {
      fixture = await open();
    });
    afterEach(() => fixture.close());

    const jane = callerOf("acme", "jane", { organisation: "umbrella", feature: "search", apiKey: "ci" });
    const tier: PlainTier = {
      organisation: { tokensPerMonth: 1_000 },
      tenant: { tokensPerDay: 100, usdPerDay: 1 },
      user: { requestsPerMinute: 6, tokensPerMinute: 60 },
      feature: { tokensPerDay: 90 },
      apiKey: { tokensPerDay: 80 },
      modelTier: { premium: { tokensPerDay: 70 }, economy: { tokensPerDay: 60 } },
    };
    const told = async (caller = jane) => {
      const terms = termsOf(caller, tier);
      const { books, ...at } = await fixture.standings.standing(terms);
      const rows = standingsOf(terms, books, at).map(
        ({ limit, used, reserved, resetsAt }) => [limit.name, [Number(used), Number(reserved), resetsAt]] as const,
      );
      return Object.fromEntries(rows);
    };
    const midnight = new Date(noonMs + 12 * hourMs);
    const monthEnd = new Date(Date.UTC(new Date(noonMs).getUTCFullYear(), new Date(noonMs).getUTCMonth() + 1, 1));

    it("is told of limits that nobody has used yet", async () => {
      expect(await told()).toEqual({
        "organisation/umbrella/tokens_per_month": [0, 0, monthEnd],
        "tenant/acme/tokens_per_day": [0, 0, midnight],
        "tenant/acme/usd_per_day": [0, 0, midnight],
        "user/acme/jane/requests_per_minute": [0, 0, undefined],
        "user/acme/jane/tokens_per_minute": [0, 0, undefined],
        "feature/acme/search/tokens_per_day": [0, 0, midnight],
        "key/acme/ci/tokens_per_day": [0, 0, midnight],
        "tier/acme/premium/tokens_per_day": [0, 0, midnight],
        "tier/acme/economy/tokens_per_day": [0, 0, midnight],
      });
    });

    it("is told of what is used and what is reserved, of every scope, unit and period", async () => {
      const { store } = fixture;
      const bound = { all: amount(30, 5), byTier: { TIER_PREMIUM: amount(30, 5), TIER_ECONOMY: amount(10, 1) } };
      await reserve(store, order("r1", tier, { caller: jane, bound, firstTier: "TIER_PREMIUM" }));
      await store.settle(
        settlement("r2", [attempt({ tokens: 20, cost: 7, tier: "TIER_ECONOMY" })], { caller: jane }),
        termsOf(jane, tier),
      );
      const {
        "user/acme/jane/requests_per_minute": requests,
        "user/acme/jane/tokens_per_minute": tokens,
        ...rest
      } = await told();
      expect(rest).toEqual({
        "organisation/umbrella/tokens_per_month": [20, 30, monthEnd],
        "tenant/acme/tokens_per_day": [20, 30, midnight],
        "tenant/acme/usd_per_day": [7, 5, midnight],
        "feature/acme/search/tokens_per_day": [20, 30, midnight],
        "key/acme/ci/tokens_per_day": [20, 30, midnight],
        "tier/acme/premium/tokens_per_day": [0, 30, midnight],
        "tier/acme/economy/tokens_per_day": [20, 10, midnight],
      });
      expect(requests?.slice(0, 2)).toEqual([1, 0]);
      expect(tokens?.slice(0, 2)).toEqual([20, 30]);
      const emptyAt = Number(tokens?.[2]);
      expect(emptyAt).toBeGreaterThan(noonMs);
      expect(emptyAt).toBeLessThanOrEqual(noonMs + 21_000);
    });

    it("counts what a lease that has ended held as used, and a new day from nothing", async () => {
      await reserve(fixture.store, order("r1", tier, { caller: jane, amount: amount(30), leaseMs: 1_000 }));
      fixture.advance(2_000);
      expect((await told())["tenant/acme/tokens_per_day"]).toEqual([30, 0, midnight]);
      fixture.advance(12 * hourMs);
      const tomorrow = new Date(midnight.getTime() + 24 * hourMs);
      expect((await told())["tenant/acme/tokens_per_day"]).toEqual([0, 0, tomorrow]);
    });

    it("changes nothing", async () => {
      await told();
      await told(callerOf("acme", "joe"));
      expect(await fixture.store.ledger({ tenant: undefined, afterSequence: 0n, limit: 10 })).toEqual([]);
    });
  });
}
