import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BudgetStore } from "./ports.ts";
import {
  amount,
  attempt,
  type BudgetStoreFixture,
  bill,
  callerOf,
  counts,
  hourMs,
  jane,
  lines,
  minuteMs,
  noonMs,
  type OpenFixture,
  order,
  reserve,
  settle,
  settlement,
  utc,
} from "./testing/budget-store-fixture.ts";
import { budgetStoreHistories } from "./testing/budget-store-histories.ts";

export type { BudgetStoreFixture, OpenFixture } from "./testing/budget-store-fixture.ts";
export { noonMs } from "./testing/budget-store-fixture.ts";

const midnight = new Date(noonMs + 12 * hourMs);

/** What every BudgetStore does: one suite for all adapters. Its length is that of the port's promises. */
export function budgetStoreContract(open: OpenFixture): void {
  let fixture: BudgetStoreFixture;
  let store: BudgetStore;
  let other: BudgetStore;

  beforeEach(async () => {
    fixture = await open();
    ({ store, other } = fixture);
  });
  afterEach(() => fixture.close());

  describe("reserve", () => {
    const tenantTokens = (tokensPerDay: number) => ({ tenant: { tokensPerDay } });

    it("sets the amount aside for tenant and user until the lease ends", async () => {
      const verdict = await reserve(store, order("r1", {}, { amount: amount(100, 7), leaseMs: 5 * minuteMs }));
      const expiresAt = verdict.granted ? verdict.expiresAt.getTime() : 0;
      expect(expiresAt - noonMs).toBeGreaterThanOrEqual(5 * minuteMs);
      expect(expiresAt - noonMs).toBeLessThan(6 * minuteMs);
      expect(await counts(store)).toEqual([0, 0, 100, 7]);
      expect(await counts(store, "user/acme/jane")).toEqual([0, 0, 100, 7]);
      expect(await lines(store)).toEqual([]);
    });

    it("counts a request without a user for its tenant alone", async () => {
      await reserve(store, order("r1", {}, { caller: callerOf("acme"), amount: amount(100) }));
      expect(await counts(store)).toEqual([0, 0, 100, 0]);
      expect(await counts(store, "user/acme/")).toEqual([0, 0, 0, 0]);
    });

    it("grants the last token of a limit and refuses the one behind it, with the numbers", async () => {
      await settle(store, settlement("r0", [attempt({ tokens: 30 })]));
      expect(await reserve(store, order("r1", tenantTokens(100), { amount: amount(70) }))).toHaveProperty(
        "granted",
        true,
      );
      expect(await reserve(store, order("r2", tenantTokens(100), { amount: amount(1) }))).toMatchObject({
        granted: false,
        limit: { name: "tenant/acme/tokens_per_day", unit: "tokens", allowed: 100n },
        used: 30n,
        reserved: 70n,
        requested: 1n,
        resetsAt: midnight,
      });
    });

    it("names the first limit that refuses, and leaves nothing reserved in those that did not", async () => {
      const tier = { tenant: { tokensPerDay: 100, usdPerDay: 5e-9 }, user: { tokensPerDay: 50, usdPerDay: 3e-9 } };
      const refusedBy = async (tokens: number, cost: number) => {
        const verdict = await reserve(store, order("r1", tier, { amount: amount(tokens, cost) }));
        return verdict.granted || verdict.limit.name;
      };
      expect(await refusedBy(101, 6)).toBe("tenant/acme/tokens_per_day");
      expect(await refusedBy(100, 6)).toBe("tenant/acme/usd_per_day");
      expect(await refusedBy(100, 5)).toBe("user/acme/jane/tokens_per_day");
      expect(await refusedBy(50, 5)).toBe("user/acme/jane/usd_per_day");
      expect(await counts(store)).toEqual([0, 0, 0, 0]);
      expect(await counts(store, "user/acme/jane")).toEqual([0, 0, 0, 0]);
      expect(await refusedBy(50, 3)).toBe(true);
    });

    it("holds each user to the user's limit and all of them together to the tenant's", async () => {
      const tier = { tenant: { tokensPerDay: 100 }, user: { tokensPerDay: 60 } };
      const granted = async (requestId: string, user: string, tokens: number) => {
        const fields = { caller: callerOf("acme", user), amount: amount(tokens) };
        return (await reserve(store, order(requestId, tier, fields))).granted;
      };
      expect(await granted("r1", "jane", 60)).toBe(true);
      expect(await granted("r2", "jane", 1)).toBe(false);
      expect(await granted("r3", "joe", 41)).toBe(false);
      expect(await granted("r4", "joe", 40)).toBe(true);
      expect(await granted("r5", "", 1)).toBe(false);
      expect(await counts(store)).toEqual([0, 0, 100, 0]);
    });

    it("refuses whatever comes while more than the limit is used", async () => {
      await settle(store, settlement("r0", [attempt({ tokens: 101 })]));
      expect((await reserve(store, order("r1", tenantTokens(100)))).granted).toBe(false);
    });

    it("keeps names apart that would run together", async () => {
      const long = { caller: callerOf("acme/jane"), amount: amount(5) };
      const short = { caller: callerOf("acme", "jane/x"), amount: amount(7) };
      await reserve(store, order("r1", {}, long));
      await reserve(store, order("r1", {}, short));
      expect(await counts(store, "tenant/acme%2Fjane")).toEqual([0, 0, 5, 0]);
      expect(await counts(store, "user/acme/jane%2Fx")).toEqual([0, 0, 7, 0]);
      expect(await counts(store, "user/acme/jane")).toEqual([0, 0, 0, 0]);
    });

    it("takes a name for what it is, whatever is in it", async () => {
      for (const [index, user] of [
        "Jörg",
        "租户",
        'a "b"\n',
        "\u0000",
        "a:b{c}",
        "\ud800",
        "x".repeat(5_000),
      ].entries()) {
        const caller = callerOf("acme", user);
        await reserve(store, order(`r${index}`, { user: { tokensPerDay: 50 } }, { caller, amount: amount(10) }));
        await settle(store, settlement(`r${index}`, [attempt({ tokens: 40 })], { caller }));
        const more = order(`more ${index}`, { user: { tokensPerDay: 50 } }, { caller, amount: amount(11) });
        expect(await reserve(store, more)).toMatchObject({ granted: false, used: 40n });
      }
    });

    it("repeats its first grant, and sets nothing aside a second time", async () => {
      const first = await reserve(store, order("r1", tenantTokens(100), { amount: amount(60) }));
      fixture.advance(minuteMs);
      expect(await reserve(other, order("r1", tenantTokens(100), { amount: amount(60) }))).toEqual(first);
      expect(await reserve(other, order("r1", tenantTokens(100), { amount: amount(90) }))).toEqual(first);
      expect(await counts(store)).toEqual([0, 0, 60, 0]);
      await settle(store, settlement("r1", [attempt({ tokens: 10 })]));
      expect(await reserve(store, order("r1", tenantTokens(100), { amount: amount(60) }))).toEqual(first);
      expect(await counts(store)).toEqual([10, 0, 0, 0]);
    });

    it("repeats its first grant after a release too", async () => {
      const first = await reserve(store, order("r1", {}, { amount: amount(60) }));
      await store.release("r1", jane);
      expect(await reserve(store, order("r1", {}, { amount: amount(60) }))).toEqual(first);
      expect(await counts(store)).toEqual([0, 0, 0, 0]);
    });

    it("looks anew at a request that was refused", async () => {
      expect((await reserve(store, order("r1", tenantTokens(100), { amount: amount(101) }))).granted).toBe(false);
      expect((await reserve(store, order("r1", tenantTokens(100), { amount: amount(99) }))).granted).toBe(true);
    });

    it("never passes a limit, however many ask at once in however many processes", async () => {
      const verdicts = await Promise.all(
        Array.from({ length: 120 }, (_, index) =>
          reserve(index % 2 ? store : other, order(`r${index}`, tenantTokens(1_000), { amount: amount(30) })),
        ),
      );
      expect(verdicts.filter(({ granted }) => granted)).toHaveLength(33);
      expect(await counts(store)).toEqual([0, 0, 990, 0]);
    });

    it("answers each of many that ask at once as if it asked alone: repeats, refusals and other users among them", async () => {
      const tier = { tenant: { tokensPerDay: 100 }, user: { tokensPerDay: 60 } };
      const ask = (id: string, user: string, tokens: number) =>
        reserve(store, order(id, tier, { caller: callerOf("acme", user), amount: amount(tokens) }));
      const verdicts = await Promise.all([
        ask("r1", "jane", 50),
        ask("r1", "jane", 50),
        ask("r2", "jane", 20),
        ask("r3", "joe", 40),
        ask("r4", "joe", 20),
        ask("r5", "jim", 10),
        ask("r3", "joe", 40),
      ]);
      expect(verdicts.map(({ granted }) => granted)).toEqual([true, true, false, true, false, true, true]);
      const refusals = verdicts.flatMap((verdict) => (verdict.granted ? [] : [verdict.limit.name]));
      expect(refusals).toEqual(["user/acme/jane/tokens_per_day", "tenant/acme/tokens_per_day"]);
      expect(await counts(store)).toEqual([0, 0, 100, 0]);
      expect(await counts(store, "user/acme/jane")).toEqual([0, 0, 50, 0]);
      expect(await counts(store, "user/acme/joe")).toEqual([0, 0, 40, 0]);
    });

    it("counts amounts exactly that are as large as they may be", async () => {
      const largest = Number.MAX_SAFE_INTEGER;
      const tier = { tenant: { tokensPerDay: largest } };
      expect((await reserve(store, order("r1", tier, { amount: amount(largest - 1, largest) }))).granted).toBe(true);
      expect((await reserve(store, order("r2", tier, { amount: amount(2) }))).granted).toBe(false);
      expect((await reserve(store, order("r3", tier, { amount: amount(1) }))).granted).toBe(true);
      expect(await counts(store)).toEqual([0, 0, largest, largest]);
    });
  });

  describe("settle", () => {
    it("books every attempt with what it used, and the saving with the answer", async () => {
      const caller = { ...jane, feature: "search", labels: { team: "core" } };
      await reserve(store, order("r1", {}, { caller, amount: amount(500, 50) }));
      const usage = {
        inputTokens: 90n,
        cachedInputTokens: 40n,
        outputTokens: 9n,
        reasoningTokens: 5n,
        extraJson: '{"audio_tokens":1}',
      };
      const attempts = [
        attempt({ outcome: "UPSTREAM_TIMEOUT", model: "large" }),
        attempt({ outcome: "ok", tokens: 20, cost: 3, usageEstimated: true }),
        attempt({ outcome: "ok", usage, cost: 8, model: "large", provider: "other" }),
        attempt({ outcome: "UPSTREAM_CONNECTION", tokens: 1, cost: 1 }),
      ];
      const settled = await settle(store, settlement("r1", attempts, { caller, baselineCostUsdNanos: 77n }));

      expect(settled).toEqual(amount(120, 12));
      expect(await counts(store)).toEqual([120, 12, 0, 0]);
      expect(await counts(store, "user/acme/jane")).toEqual([120, 12, 0, 0]);
      const booked = await lines(store);
      expect(booked.map(({ outcome }) => outcome)).toEqual(["UPSTREAM_TIMEOUT", "ok", "ok", "UPSTREAM_CONNECTION"]);
      expect(booked.map(({ baselineCostUsdNanos }) => baselineCostUsdNanos)).toEqual([0n, 0n, 77n, 0n]);
      expect(booked[0]).toMatchObject({ usage: undefined, costUsdNanos: 0n });
      expect(booked[1]).toHaveProperty("usageEstimated", true);
      const { sequence, bookedAt, ...answer } = booked[2] as (typeof booked)[2] & object;
      expect(sequence).toBe(3n);
      expect(Math.abs(bookedAt.getTime() - noonMs)).toBeLessThan(minuteMs);
      expect(answer).toEqual({
        requestId: "r1",
        caller,
        model: "large",
        provider: "other",
        outcome: "ok",
        usage,
        usageEstimated: false,
        costUsdNanos: 8n,
        baselineCostUsdNanos: 77n,
        cacheVerdict: "CACHE_VERDICT_MISS",
        task: "TASK_CHAT",
        tier: "TIER_ECONOMY",
        wasted: false,
        hedge: false,
        requestCount: 1,
        promptPrefix: "",
        dayMs: utc(noonMs).day.startMs,
      });
      expect(booked.map(({ wasted }) => wasted)).toEqual([true, true, false, true]);
    });

    it("books once, however often and from wherever it is repeated", async () => {
      await reserve(store, order("r1", {}, { amount: amount(100) }));
      const repeats = Array.from({ length: 10 }, (_, index) =>
        settle(index % 2 ? store : other, settlement("r1", [attempt({ tokens: 40, cost: 4 })])),
      );
      expect(await Promise.all(repeats)).toEqual(repeats.map(() => amount(40, 4)));
      expect(await settle(store, settlement("r1", [attempt({ tokens: 99 })]))).toEqual(amount(40, 4));
      expect(await bill(store)).toEqual(["ok 40 4"]);
      expect(await counts(store)).toEqual([40, 4, 0, 0]);
    });

    it("books a request that was never reserved", async () => {
      expect(await settle(store, settlement("r1", [attempt({ tokens: 40, cost: 4 })]))).toEqual(amount(40, 4));
      expect(await settle(store, settlement("r1", [attempt({ tokens: 40, cost: 4 })]))).toEqual(amount(40, 4));
      expect(await counts(store, "user/acme/jane")).toEqual([40, 4, 0, 0]);
      expect((await reserve(store, order("r1", {}, { amount: amount(100) }))).granted).toBe(true);
      expect(await counts(store)).toEqual([40, 4, 0, 0]);
    });

    it("books a cache hit as one line that cost nothing and says what it saved", async () => {
      const hit = { cacheVerdict: "CACHE_VERDICT_EXACT_HIT", model: "large", baselineCostUsdNanos: 55n } as const;
      expect(await settle(store, settlement("r1", [], hit))).toEqual(amount(0, 0));
      await settle(store, settlement("r1", [], hit));
      const booked = await lines(store);
      expect(booked).toHaveLength(1);
      expect(booked[0]).toMatchObject({ ...hit, provider: "", outcome: "ok", usage: undefined, costUsdNanos: 0n });
    });

    it("writes no line for a request that reached neither model nor cache, and frees what it held", async () => {
      await reserve(store, order("r1", {}, { amount: amount(100) }));
      expect(await settle(store, settlement("r1", []))).toEqual(amount(0, 0));
      expect(await bill(store)).toEqual([]);
      expect(await counts(store)).toEqual([0, 0, 0, 0]);
    });

    it("books the truth where it is more than was reserved", async () => {
      await reserve(store, order("r1", { tenant: { tokensPerDay: 100 } }, { amount: amount(100) }));
      await settle(store, settlement("r1", [attempt({ tokens: 140, cost: 9 })]));
      expect(await counts(store)).toEqual([140, 9, 0, 0]);
    });

    it("counts for whom it was reserved, whoever settles it", async () => {
      await reserve(store, order("r1", {}, { amount: amount(100) }));
      await settle(store, settlement("r1", [attempt({ tokens: 40 })], { caller: callerOf("acme", "joe") }));
      expect(await counts(store, "user/acme/jane")).toEqual([40, 0, 0, 0]);
      expect(await counts(store, "user/acme/joe")).toEqual([0, 0, 0, 0]);
    });

    it("takes the same id of two tenants for two requests", async () => {
      await settle(store, settlement("r1", [attempt({ tokens: 40 })]));
      await settle(store, settlement("r1", [attempt({ tokens: 50 })], { caller: callerOf("globex") }));
      expect(await counts(store, "tenant/acme")).toEqual([40, 0, 0, 0]);
      expect(await counts(store, "tenant/globex")).toEqual([50, 0, 0, 0]);
    });
  });

  describe("release", () => {
    it("gives a reservation back at once, to whoever asks next", async () => {
      const tier = { tenant: { tokensPerDay: 100 } };
      await reserve(store, order("r1", tier, { amount: amount(100) }));
      await store.release("r1", jane);
      await store.release("r1", jane);
      expect(await counts(store)).toEqual([0, 0, 0, 0]);
      expect((await reserve(store, order("r2", tier, { amount: amount(100) }))).granted).toBe(true);
      expect(await bill(store)).toEqual([]);
    });

    it("changes nothing once the request is settled", async () => {
      await reserve(store, order("r1", {}, { amount: amount(100) }));
      await settle(store, settlement("r1", [attempt({ tokens: 40 })]));
      await store.release("r1", jane);
      expect(await counts(store)).toEqual([40, 0, 0, 0]);
      expect(await bill(store)).toEqual(["ok 40 0"]);
    });

    it("leaves nothing to a reserve that arrives behind it", async () => {
      await store.release("r1", jane);
      await reserve(store, order("r1", {}, { amount: amount(100) }));
      expect(await counts(store)).toEqual([0, 0, 0, 0]);
    });

    it("does not keep a settlement from being booked, once", async () => {
      await reserve(store, order("r1", {}, { amount: amount(100) }));
      await store.release("r1", jane);
      await settle(store, settlement("r1", [attempt({ tokens: 40 })]));
      await settle(store, settlement("r1", [attempt({ tokens: 40 })]));
      expect(await counts(store)).toEqual([40, 0, 0, 0]);
    });
  });

  describe("a lease", () => {
    const leaseMs = 10 * minuteMs;
    const reserveOne = () => reserve(store, order("r1", {}, { amount: amount(100, 10), leaseMs }));

    it("keeps the amount reserved while it runs, and presumes it spent in full when it ends", async () => {
      await reserveOne();
      fixture.advance(leaseMs - minuteMs);
      expect(await counts(store)).toEqual([0, 0, 100, 10]);
      expect(await bill(store)).toEqual([]);
      fixture.advance(2 * minuteMs);
      expect(await counts(store)).toEqual([100, 10, 0, 0]);
      expect(await counts(store, "user/acme/jane")).toEqual([100, 10, 0, 0]);
      expect(await bill(store)).toEqual(["presumed 100 10"]);
      expect((await lines(store))[0]).toMatchObject({ caller: jane, model: "", provider: "", usageEstimated: true });
    });

    it("that ended is corrected by a late settlement, exactly once", async () => {
      await reserveOne();
      fixture.advance(leaseMs + minuteMs);
      await store.sweep();
      const late = settlement("r1", [attempt({ outcome: "UPSTREAM_TIMEOUT" }), attempt({ tokens: 40, cost: 4 })]);
      expect(await Promise.all([settle(store, late), settle(other, late)])).toEqual([amount(40, 4), amount(40, 4)]);
      expect(await counts(store)).toEqual([40, 4, 0, 0]);
      expect(await bill(store)).toEqual(["presumed 100 10", "UPSTREAM_TIMEOUT 0 0", "ok 40 4", "corrected -100 -10"]);
    });

    it("that ended unnoticed reads the same in the ledger", async () => {
      await reserveOne();
      fixture.advance(leaseMs + minuteMs);
      await settle(store, settlement("r1", [attempt({ tokens: 40, cost: 4 })]));
      expect(await bill(store)).toEqual(["presumed 100 10", "ok 40 4", "corrected -100 -10"]);
      expect(await counts(store)).toEqual([40, 4, 0, 0]);
    });

    it("that ended is taken back by a late release, exactly once", async () => {
      await reserveOne();
      fixture.advance(leaseMs + minuteMs);
      await store.release("r1", jane);
      await store.release("r1", jane);
      expect(await counts(store)).toEqual([0, 0, 0, 0]);
      expect(await bill(store)).toEqual(["presumed 100 10", "corrected -100 -10"]);
    });

    it("is not made longer by repeating the reserve, before or after its end", async () => {
      const first = await reserveOne();
      fixture.advance(leaseMs - minuteMs);
      await reserveOne();
      fixture.advance(2 * minuteMs);
      expect(await reserveOne()).toEqual(first);
      expect(await counts(store)).toEqual([100, 10, 0, 0]);
    });

    it("of every tenant is ended by one sweep, once, in however many processes it runs", async () => {
      const reserveFor = (tenant: string, requestId: string) =>
        reserve(store, order(requestId, {}, { caller: callerOf(tenant), amount: amount(5), leaseMs }));
      for (let index = 0; index < 450; index++) await reserveFor("acme", `r${index}`);
      await reserveFor("globex", "r1");
      expect(await store.sweep()).toBe(0);
      fixture.advance(leaseMs + minuteMs);
      const [one, two] = await Promise.all([store.sweep(), other.sweep()]);
      expect(one + two).toBe(451);
      expect(await counts(store)).toEqual([2_250, 0, 0, 0]);
      expect(await lines(store)).toHaveLength(451);
    });

    it("that ended holds its limit as before", async () => {
      const tier = { tenant: { tokensPerDay: 100 } };
      await reserveOne();
      fixture.advance(leaseMs + minuteMs);
      expect(await reserve(store, order("r2", tier, { amount: amount(1) }))).toMatchObject({
        granted: false,
        used: 100n,
        reserved: 0n,
      });
    });
  });

  describe("a day", () => {
    const tier = { tenant: { tokensPerDay: 100 } };

    it("begins with everything its limits allow", async () => {
      await settle(store, settlement("r1", [attempt({ tokens: 250 })]));
      fixture.advance(12 * hourMs);
      expect(await counts(store)).toEqual([0, 0, 0, 0]);
      expect((await store.usage("acme", "tenant/acme")).resetsAt).toEqual(new Date(noonMs + 36 * hourMs));
      expect((await reserve(store, order("r2", tier, { amount: amount(100) }))).granted).toBe(true);
    });

    it("keeps what was reserved in it, and takes the settlement that comes after its end", async () => {
      fixture.advance(12 * hourMs - minuteMs);
      await reserve(store, order("r1", tier, { amount: amount(100), leaseMs: hourMs }));
      fixture.advance(2 * minuteMs);
      expect(await counts(store)).toEqual([0, 0, 0, 0]);
      await settle(store, settlement("r1", [attempt({ tokens: 90 })]));
      expect(await counts(store)).toEqual([0, 0, 0, 0]);
      expect(await bill(store)).toEqual(["ok 90 0"]);
      expect((await reserve(store, order("r2", tier, { amount: amount(100) }))).granted).toBe(true);
    });

    it("takes what is presumed and corrected after its end, too", async () => {
      fixture.advance(12 * hourMs - minuteMs);
      await reserve(store, order("r1", tier, { amount: amount(100), leaseMs: hourMs }));
      fixture.advance(2 * hourMs);
      expect(await store.sweep()).toBe(1);
      expect(await counts(store)).toEqual([0, 0, 0, 0]);
      await settle(store, settlement("r1", [attempt({ tokens: 90 })]));
      expect(await counts(store)).toEqual([0, 0, 0, 0]);
      expect(await bill(store)).toEqual(["presumed 100 0", "ok 90 0", "corrected -100 0"]);
    });
  });

  describe("the ledger", () => {
    const book = (tenant: string, requestId: string) =>
      settle(store, settlement(requestId, [attempt({ tokens: 1 })], { caller: callerOf(tenant) }));
    const ids = (booked: Awaited<ReturnType<typeof lines>>) => booked.map(({ requestId }) => requestId);

    it("pages through all lines, each once", async () => {
      for (let index = 0; index < 25; index++) await book(`tenant-${index % 3}`, `r${index}`);
      const seen: string[] = [];
      let afterSequence = 0n;
      let pages = 0;
      while (true) {
        const page = await other.ledger({ tenant: undefined, afterSequence, limit: 4 });
        expect(page.map(({ sequence }) => sequence)).toEqual(
          page.map((_, index) => afterSequence + BigInt(index) + 1n),
        );
        seen.push(...ids(page));
        pages++;
        if (page.length < 4) break;
        afterSequence = page.at(-1)?.sequence ?? 0n;
      }
      expect(pages).toBe(7);
      expect(seen.toSorted()).toEqual(Array.from({ length: 25 }, (_, index) => `r${index}`).toSorted());
    });

    it("goes on from where a reader stopped with whatever was booked since", async () => {
      await book("acme", "r1");
      await book("globex", "r2");
      const first = await lines(store);
      await book("globex", "r3");
      await book("acme", "r4");
      await store.sweep();
      await book("acme", "r5");
      const since = await lines(other, { afterSequence: first.at(-1)?.sequence ?? 0n });
      expect(ids(first).toSorted()).toEqual(["r1", "r2"]);
      expect(ids(since).toSorted()).toEqual(["r3", "r4", "r5"]);
      expect(await lines(store, { afterSequence: since.at(-1)?.sequence ?? 0n })).toEqual([]);
    });

    it("shows a tenant only its own lines, at the positions they have for all", async () => {
      for (const [index, tenant] of ["acme", "globex", "acme", "acme", "globex"].entries()) {
        await book(tenant, `r${index}`);
        if (index % 2) await lines(store);
      }
      const own = await lines(store, { tenant: "acme" });
      expect(ids(own)).toEqual(["r0", "r2", "r3"]);
      expect(own).toEqual((await lines(store)).filter(({ caller }) => caller.tenant === "acme"));
      expect(ids(await lines(store, { tenant: "acme", limit: 2 }))).toEqual(["r0", "r2"]);
      const second = own[1]?.sequence ?? 0n;
      expect(ids(await lines(store, { tenant: "acme", afterSequence: second }))).toEqual(["r3"]);
      expect(await lines(store, { tenant: "nobody" })).toEqual([]);
    });

    it("loses no line between readers and writers that run side by side", async () => {
      const read: string[] = [];
      let afterSequence = 0n;
      const readOn = async () => {
        const page = await other.ledger({ tenant: undefined, afterSequence, limit: 50 });
        afterSequence = page.at(-1)?.sequence ?? afterSequence;
        read.push(...ids(page));
      };
      const writing = Array.from({ length: 60 }, (_, index) => book(`tenant-${index % 4}`, `r${index}`));
      for (let round = 0; round < 10; round++)
        await Promise.all([readOn(), store.sweep(), other.ledger({ tenant: undefined, afterSequence: 0n, limit: 5 })]);
      await Promise.all(writing);
      await readOn();
      await readOn();
      expect(read.toSorted()).toEqual(Array.from({ length: 60 }, (_, index) => `r${index}`).toSorted());
    });
  });

  it("is ready until it is closed", async () => {
    expect(store.isReady()).toBe(true);
    await store.close();
    expect(store.isReady()).toBe(false);
  });

  budgetStoreHistories(() => fixture);
}
