import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Settlement } from "./domain/ledger.ts";
import { type Dimension, type Group, isWanted, type LedgerFilter, names, namesOf } from "./domain/report.ts";
import { noTerms } from "./domain/terms.ts";
import { measures, noTotals, plusTotals, type Totals, totalsOf } from "./domain/totals.ts";
import type { BudgetStore } from "./ports.ts";
import {
  amount,
  attempt,
  type BudgetStoreFixture,
  callerOf,
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

const dayMs = 24 * hourMs;
const everything: LedgerFilter = {
  organisation: undefined,
  tenant: undefined,
  feature: undefined,
  user: undefined,
  model: undefined,
  fromMs: 0,
  toMs: Number.MAX_SAFE_INTEGER,
};
const allDimensions: readonly Dimension[] = ["day", ...names];

/** The sums that the ledger's own lines come to, in the order of their names, those that are zero left out. */
async function sumsOfLines(store: BudgetStore, by: readonly Dimension[], filter: LedgerFilter): Promise<Group[]> {
  const groups = new Map<string, Group>();
  for (const line of await lines(store)) {
    if (!isWanted(filter, line)) continue;
    const own = namesOf(line);
    const of = (name: (typeof names)[number]) => (by.includes(name) ? own[name] : undefined);
    const labels = {
      dayMs: by.includes("day") ? line.dayMs : undefined,
      organisation: of("organisation"),
      tenant: of("tenant"),
      feature: of("feature"),
      user: of("user"),
      model: of("model"),
    };
    const key = JSON.stringify(labels);
    groups.set(key, { ...labels, totals: plusTotals(groups.get(key)?.totals ?? noTotals, totalsOf(line)) });
  }
  return inOrder([...groups.values()]);
}

const isThere = (totals: Totals) => measures.some((measure) => totals[measure] !== 0n);

const inOrder = (groups: readonly Group[]) =>
  groups.filter(({ totals }) => isThere(totals)).toSorted((one, other) => (labelOf(one) < labelOf(other) ? -1 : 1));

const labelOf = ({ totals: _, ...labels }: Group) => JSON.stringify(labels);

async function expectSums(store: BudgetStore, by: readonly Dimension[], filter: LedgerFilter): Promise<void> {
  expect(inOrder(await store.totals({ by, filter }))).toEqual(await sumsOfLines(store, by, filter));
}

/** Suite of the sums beside the ledger: they are what its lines come to, whatever happens to a request. */
export function budgetTotalsContract(open: OpenFixture): void {
  let fixture: BudgetStoreFixture;
  let store: BudgetStore;
  const told: Settlement[] = [];

  beforeEach(async () => {
    told.length = 0;
    fixture = await open({ ledgerKeepMs: 30 * dayMs, onSettled: (settled) => told.push(settled) });
    store = fixture.store;
  });
  afterEach(() => fixture.close());

  const totals = async (by: readonly Dimension[] = [], filter: Partial<LedgerFilter> = {}) =>
    store.totals({ by, filter: { ...everything, ...filter } });
  const total = async () => {
    const [all = { totals: noTotals }] = await totals();
    return Object.fromEntries(Object.entries(all.totals).filter(([, value]) => value !== 0n));
  };

  describe("the totals of", () => {
    it("an answer count its request, its tokens by kind, its cost and what the baseline would have cost", async () => {
      const usage = {
        inputTokens: 100n,
        cachedInputTokens: 40n,
        outputTokens: 20n,
        reasoningTokens: 5n,
        extraJson: "",
      };
      await settle(store, settlement("r1", [attempt({ usage, cost: 8 })], { baselineCostUsdNanos: 77n }));
      expect(await total()).toEqual({
        requests: 1n,
        attempts: 1n,
        inputTokens: 100n,
        cachedInputTokens: 40n,
        outputTokens: 20n,
        reasoningTokens: 5n,
        costUsdNanos: 8n,
        baselineCostUsdNanos: 77n,
      });
    });

    it("a hedge that lost are wasted, and count for its own model, the request for that of the answer", async () => {
      const lost = attempt({ model: "quick", outcome: "CANCELLED", tokens: 40, cost: 4, hedge: true });
      await settle(store, settlement("r1", [lost, attempt({ tokens: 80, cost: 8 })]));
      const [slow, quick] = (await totals(["model"])).toSorted((one) => (one.model === "quick" ? 1 : -1));
      expect(quick?.totals).toMatchObject({ requests: 0n, attempts: 1n, wastedTokens: 40n, wastedCostUsdNanos: 4n });
      expect(slow?.totals).toMatchObject({ requests: 1n, attempts: 1n, wastedTokens: 0n, costUsdNanos: 8n });
      expect((await lines(store)).map(({ hedge, requestCount }) => [hedge, requestCount])).toEqual([
        [true, 0],
        [false, 1],
      ]);
    });

    it("an answer that a second model went on with are those of both", async () => {
      const broken = attempt({ model: "torn", outcome: "UPSTREAM_BROKEN_ANSWER", tokens: 40, cost: 4 });
      await settle(store, settlement("r1", [broken, attempt({ tokens: 80, cost: 8 })], { baselineCostUsdNanos: 50n }));
      expect(await total()).toMatchObject({ requests: 1n, attempts: 2n, costUsdNanos: 12n, baselineCostUsdNanos: 50n });
    });

    it("a request that failed everywhere are one request, all of it wasted", async () => {
      const failed = attempt({ outcome: "UPSTREAM_BROKEN_ANSWER", tokens: 40, cost: 4 });
      await settle(store, settlement("r1", [failed, { ...failed, model: "large" }], { model: "" }));
      expect(await total()).toMatchObject({ requests: 1n, attempts: 2n, costUsdNanos: 8n, wastedCostUsdNanos: 8n });
    });

    it("hits are told apart by kind, with what they saved", async () => {
      const hit = (id: string, cacheVerdict: Settlement["cacheVerdict"], saved: bigint) =>
        settle(store, settlement(id, [], { cacheVerdict, baselineCostUsdNanos: saved }));
      await hit("r1", "CACHE_VERDICT_EXACT_HIT", 50n);
      await hit("r2", "CACHE_VERDICT_SEMANTIC_HIT", 30n);
      await hit("r3", "CACHE_VERDICT_REPLAY", 20n);
      await settle(store, settlement("r4", [attempt({ cost: 8 })], { baselineCostUsdNanos: 9n }));
      expect(await total()).toEqual({
        requests: 4n,
        attempts: 1n,
        exactHits: 1n,
        semanticHits: 1n,
        replays: 1n,
        costUsdNanos: 8n,
        baselineCostUsdNanos: 109n,
        hitBaselineCostUsdNanos: 100n,
      });
    });

    it("a presumption stand until what really was takes their place, on the day of the request", async () => {
      fixture.advance(12 * hourMs - minuteMs);
      await reserve(store, order("r1", {}, { amount: amount(100, 10), leaseMs: hourMs }));
      fixture.advance(2 * hourMs);
      await store.sweep();
      expect(await total()).toEqual({ requests: 1n, inputTokens: 100n, costUsdNanos: 10n });
      await settle(store, settlement("r1", [attempt({ tokens: 40, cost: 4 })]));
      expect(await total()).toEqual({
        requests: 1n,
        attempts: 1n,
        inputTokens: 30n,
        outputTokens: 10n,
        costUsdNanos: 4n,
      });
      const [day] = await totals(["day"]);
      expect(day?.dayMs).toBe(utc(noonMs).day.startMs);
      expect((await totals([], { fromMs: utc(noonMs).day.endMs })).filter(({ totals }) => isThere(totals))).toEqual([]);
    });

    it("a presumption that is released are nothing", async () => {
      await reserve(store, order("r1", {}, { amount: amount(100, 10), leaseMs: hourMs }));
      fixture.advance(2 * hourMs);
      await store.release("r1", jane);
      expect(await total()).toEqual({});
    });

    it("names that look like parts of others stay apart", async () => {
      const callers = [
        callerOf("a", "b:c"),
        callerOf("a", "c", { feature: "b" }),
        callerOf("a:b", "c"),
        callerOf('"ä/%', "{}\n", { feature: "\u{1F3B5}" }),
      ];
      for (const [index, caller] of callers.entries()) {
        await settle(store, settlement(`r${index}`, [attempt({ cost: index + 1, model: "m:n" })], { caller }));
      }
      expect(await totals(["tenant", "feature", "user"])).toHaveLength(4);
      await expectSums(store, allDimensions, everything);
    });
  });

  it("are kept once, however often a settlement is repeated, and it is told of once", async () => {
    const once = settlement("line", [attempt({ tokens: 40, cost: 4 })]);
    await Promise.all([settle(store, once), settle(store, once), settle(fixture.other, once)]);
    expect(await total()).toMatchObject({ requests: 1n, costUsdNanos: 4n });
    expect(told).toEqual([once]);
  });

  it("stay when lines are trimmed by their age, and paging goes on behind what is gone", async () => {
    const book = (id: string, tenant = "acme") =>
      settle(store, settlement(id, [attempt({ tokens: 4, cost: 1 })], { caller: callerOf(tenant) }));
    for (let index = 0; index < 20; index++) await book(`old ${index}`, index % 2 ? "acme" : "globex");
    await store.sweep();
    fixture.advance(20 * dayMs);
    for (let index = 0; index < 5; index++) await book(`new ${index}`);
    await store.sweep();
    expect(await lines(store)).toHaveLength(25);
    fixture.advance(20 * dayMs);
    await store.sweep();
    const kept = await lines(store);
    expect(kept.map(({ requestId }) => requestId)).toEqual([0, 1, 2, 3, 4].map((index) => `new ${index}`));
    expect(kept.map(({ sequence }) => sequence)).toEqual([21n, 22n, 23n, 24n, 25n]);
    expect(await lines(store, { tenant: "globex" })).toEqual([]);
    expect(await lines(store, { afterSequence: 3n, limit: 2 })).toHaveLength(2);
    expect(await total()).toMatchObject({ requests: 25n, costUsdNanos: 25n });
    await book("newest", "globex");
    expect((await lines(store)).at(-1)).toMatchObject({ sequence: 26n, requestId: "newest" });
  });

  it("are the sum of the lines after any history, by any dimensions and filter", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), query, async (steps, { by, filter }) => {
        const each = await open();
        try {
          await play(each, steps);
          await each.store.sweep();
          await expectSums(each.store, allDimensions, everything);
          await expectSums(each.store, by, filter);
        } finally {
          await each.close();
        }
      }),
      { numRuns: 25 },
    );
  }, 120_000);
}

const callers: readonly Caller[] = [
  callerOf("acme", "jane", { organisation: "umbrella", feature: "search" }),
  callerOf("acme", "joe", { organisation: "umbrella" }),
  callerOf("globex", "jane", { feature: "chat" }),
  callerOf("acme-labs", "", { organisation: "umbrella", feature: "search" }),
];
const attempts = fc.array(
  fc
    .record({
      model: fc.constantFrom("small", "large"),
      outcome: fc.constantFrom("ok", "UPSTREAM_TIMEOUT", "CANCELLED"),
      tokens: fc.nat(1_000),
      cost: fc.nat(1_000),
      hedge: fc.boolean(),
    })
    .map((fields) => attempt(fields)),
  { maxLength: 3 },
);
const request = fc.nat(15);
const step = fc.oneof(
  fc.record({ kind: fc.constant("reserve" as const), request, tokens: fc.nat(500), isLong: fc.boolean() }),
  fc.record({
    kind: fc.constant("settle" as const),
    request,
    attempts,
    cacheVerdict: fc.constantFrom("CACHE_VERDICT_MISS" as const, "CACHE_VERDICT_EXACT_HIT" as const),
    model: fc.constantFrom("small", "large", ""),
    baselineCostUsdNanos: fc.bigInt({ min: 0n, max: 1_000n }),
  }),
  fc.record({ kind: fc.constant("release" as const), request }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.constantFrom(minuteMs, hourMs, 14 * hourMs) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const maybe = <T>(...values: T[]) => fc.constantFrom(undefined, ...values);
const query = fc.record({
  by: fc.uniqueArray(fc.constantFrom(...allDimensions)),
  filter: fc.record({
    organisation: maybe("umbrella", "globex"),
    tenant: maybe("acme", "nobody"),
    feature: maybe("search", ""),
    user: maybe("jane", ""),
    model: maybe("small", ""),
    fromMs: fc.constantFrom(0, utc(noonMs).day.endMs),
    toMs: fc.constantFrom(utc(noonMs).day.endMs, Number.MAX_SAFE_INTEGER),
  }),
});

async function play({ store, other, advance }: BudgetStoreFixture, steps: readonly Step[]): Promise<void> {
  for (const [index, each] of steps.entries()) {
    if (each.kind === "wait") {
      advance(each.ms);
      continue;
    }
    const at = index % 2 ? other : store;
    const caller = callers[each.request % callers.length] as Caller;
    const id = `r${each.request}`;
    if (each.kind === "reserve") {
      const leaseMs = each.isLong ? 12 * hourMs : minuteMs;
      await at.reserve(order(id, {}, { caller, amount: amount(each.tokens, each.tokens), leaseMs }));
    } else if (each.kind === "release") await at.release(id, caller);
    else {
      const { kind: _, request: __, attempts, ...fields } = each;
      await at.settle(settlement(id, attempts, { ...fields, caller }), noTerms(caller));
    }
  }
}
