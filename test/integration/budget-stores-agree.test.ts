import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectRedis, untilReady } from "@switchyard/redis";
import { type RedisServer, startRedis } from "@switchyard/redis/testing";
import { noonMs } from "@switchyard/service-budget/budget-store.contract";
import { redisBudgetStore } from "@switchyard/service-budget/redis-budget-store";
import { openSqliteBudgetStore } from "@switchyard/service-budget/sqlite-budget-store";
import {
  amount,
  attempt,
  bill,
  callerOf,
  counts,
  order,
  type PlainTier,
  settlement,
  termsOf,
  utc,
} from "@switchyard/service-budget/testing/budget-store-fixture";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** The two stores, as one that must give one answer. */
type Store = ReturnType<typeof redisBudgetStore>;
type Order = Parameters<Store["reserve"]>[0];
type Verdict = Awaited<ReturnType<Store["reserve"]>>;

let server: RedisServer;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const soft = { warnAt: 0.4, downgradeAt: { standard: 0.6, economy: 0.8 } };
const tier: PlainTier = {
  organisation: { tokensPerMonth: 2_500, requestsPerMinute: 6 },
  tenant: { tokensPerDay: { hard: 1_000, ...soft }, usdPerDay: 900e-9, tokensPerMinute: { hard: 3, burst: 600 } },
  user: { tokensPerDay: 400, usdPerMonth: 600e-9 },
  feature: { tokensPerDay: { hard: 500, warnAt: 0.5 }, requestsPerMinute: 3 },
  apiKey: { tokensPerMonth: 1_200 },
  modelTier: { premium: { tokensPerDay: 300, requestsPerMinute: 3 }, standard: { usdPerDay: 400e-9 } },
};
const callers = [
  callerOf("acme", "jane", { organisation: "umbrella", feature: "search", apiKey: "ci" }),
  callerOf("acme", "joe", { organisation: "umbrella", feature: "chat", apiKey: "ci" }),
  callerOf("acme-labs", "", { organisation: "umbrella" }),
  callerOf("globex", "jane", { feature: "search" }),
];
const modelTiers = ["TIER_ECONOMY", "TIER_STANDARD", "TIER_PREMIUM"] as const;
const scopes = [
  ["organisation/umbrella", "umbrella"],
  ["tenant/acme", "umbrella"],
  ["tenant/globex", "globex"],
  ["user/acme/jane", "umbrella"],
  ["feature/acme/search", "umbrella"],
  ["tier/acme/premium", "umbrella"],
  ["tier/acme/standard", "umbrella"],
] as const;

const request = fc.nat(80);
const spent = fc.record({ tokens: fc.nat(200), cost: fc.nat(150), tier: fc.constantFrom(...modelTiers) });
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("reserve" as const),
      request,
      bounds: fc.array(spent, { maxLength: 3 }),
      isRouted: fc.boolean(),
      leaseMs: fc.constantFrom(30_000, 600_000, 7_200_000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("settle" as const),
      request,
      attempts: fc.array(spent, { maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("release" as const), request }) },
  {
    weight: 1,
    // Whole units of every rate, and all rates slow, so that what the clock of Redis moves on meanwhile changes nothing.
    arbitrary: fc.record({
      kind: fc.constant("wait" as const),
      ms: fc.constantFrom(20_000, 60_000, 3_600_000, 36_000_000),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function orderOf({ request, bounds, isRouted, leaseMs }: Extract<Step, { kind: "reserve" }>): Order {
  const caller = callers[request % callers.length] as (typeof callers)[number];
  const byTier: Record<string, ReturnType<typeof amount>> = {};
  for (const each of bounds) byTier[each.tier] = amount(each.tokens, each.cost);
  const most = (field: "tokens" | "cost") => Math.max(0, ...bounds.map((each) => each[field]));
  const bound = { all: amount(most("tokens"), most("cost")), byTier };
  return order(`r${request}`, tier, { caller, bound, firstTier: bounds[0]?.tier, isRouted, leaseMs });
}

/** A verdict without what depends on how long the test takes. */
function comparable(verdict: Verdict) {
  const fullness = ({ limit, share }: { limit: { name: string }; share: number }) => [limit.name, share];
  const shortage = (short: Extract<Verdict, { verdict: "refused" }>["shortage"]) => ({
    ...short,
    limit: short.limit.name,
    waitMs: undefined,
    retryAfterMs: short.retryAfterMs === undefined,
    endsAt: short.limit.window === "minute" ? short.endsAt === undefined : short.endsAt,
  });
  switch (verdict.verdict) {
    case "granted":
      return { granted: verdict.warnings.map(fullness) };
    case "refused":
      return { refused: shortage(verdict.shortage) };
    case "narrowed": {
      const { tiers, because, shortage: short } = verdict;
      const isRate = because.limit.window === "minute";
      return { tiers, because: isRate ? because.limit.name : fullness(because), short: short && shortage(short) };
    }
  }
}

async function perform(store: Store, step: Exclude<Step, { kind: "wait" }>): Promise<unknown> {
  if (step.kind === "reserve") return comparable(await store.reserve(orderOf(step)));
  const caller = callers[step.request % callers.length] as (typeof callers)[number];
  if (step.kind === "release") return store.release(`r${step.request}`, caller);
  const attempts = step.attempts.map(attempt);
  return store.settle(settlement(`r${step.request}`, attempts, { caller }), termsOf(caller, tier));
}

/** Orders of one tenant that come at once, each with an id of its own, and what is settled after them. */
const rush = fc.record({
  orders: fc.array(
    fc.record({
      kind: fc.constant("reserve" as const),
      user: fc.nat(1),
      bounds: fc.array(spent, { maxLength: 3 }),
      isRouted: fc.boolean(),
      leaseMs: fc.constantFrom(30_000, 600_000),
      repeats: fc.nat(9),
    }),
    { minLength: 1, maxLength: 70 },
  ),
  settled: fc.array(fc.record({ request: fc.nat(200), attempts: fc.array(spent, { maxLength: 2 }) }), {
    maxLength: 30,
  }),
  waitMs: fc.constantFrom(0, 20_000, 60_000, 36_000_000),
  scale: fc.constantFrom(1, 20),
});

async function playRushes(rushes: readonly (typeof rush extends fc.Arbitrary<infer T> ? T : never)[]): Promise<void> {
  await withBoth(async ({ both, wait }) => {
    const asked: Order[] = [];
    for (const { orders, settled, waitMs, scale } of rushes) {
      const now = new Map<string, Order>();
      for (const { user, bounds, repeats, ...fields } of orders) {
        const small = bounds.map(({ tokens, cost, tier }) => ({ tokens: tokens % scale, cost: cost % scale, tier }));
        // Callers 0 and 1 are users of one tenant.
        const request = callers.length * (asked.length + now.size) + user;
        const wanted = orderOf({ ...fields, bounds: small, request });
        const again = repeats === 0 ? asked[request % Math.max(1, asked.length)] : undefined;
        now.set((again ?? wanted).requestId, again ?? wanted);
      }
      const rushed = [...now.values()];
      await both(async (store) => {
        const verdicts = await Promise.all(rushed.map((each) => store.reserve(each)));
        return verdicts.map(comparable);
      }, `${rushed.length} orders at once`);
      asked.push(...rushed);
      for (const { request, attempts } of settled) {
        const { requestId, caller } = asked[request % asked.length] as Order;
        const used = settlement(requestId, attempts.map(attempt), { caller });
        await both((store) => store.settle(used, termsOf(caller, tier)), `settle ${requestId}`);
      }
      wait(waitMs);
      for (const [scope, organisation] of scopes) await both((store) => counts(store, scope, organisation), scope);
    }
  });
}

async function play(steps: readonly Step[]): Promise<void> {
  await withBoth(async ({ both, wait }) => {
    for (const [index, step] of steps.entries()) {
      if (step.kind === "wait") wait(step.ms);
      else await both((store) => perform(store, step), `step ${index}: ${step.kind} r${step.request}`);
      for (const [scope, organisation] of scopes) await both((store) => counts(store, scope, organisation), scope);
    }
  });
}

interface Both {
  readonly both: <T>(ask: (store: Store) => Promise<T>, message: string) => Promise<void>;
  readonly wait: (ms: number) => void;
}

/** Two stores that are empty, and hold the same bill in the end. */
async function withBoth(work: (both: Both) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "budget-"));
  let nowMs = noonMs;
  let offsetMs = noonMs - Date.now();
  const redis = connectRedis({ url: server.url, onError: () => undefined });
  await untilReady(redis, 5_000);
  const stores = [
    openSqliteBudgetStore({ path: join(folder, "budget.db"), clock: () => nowMs, calendar: utc }),
    redisBudgetStore({ redis, calendar: utc, clockOffsetMs: () => offsetMs }),
  ] as const;
  const both = async <T>(ask: (store: Store) => Promise<T>, message: string) => {
    const [embedded, shared] = await Promise.all(stores.map(ask));
    expect(shared, message).toEqual(embedded);
  };
  const wait = (ms: number) => {
    nowMs += ms;
    offsetMs += ms;
  };
  try {
    await work({ both, wait });
    await both(async (store) => (await bill(store)).toSorted(), "the bill");
  } finally {
    await Promise.all(stores.map((store) => store.close()));
    await server.flush();
    rmSync(folder, { recursive: true });
  }
}

describe("SQLite and Redis", () => {
  it("give the same answers, counts and bills for any history under any nest of limits", async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 120 }), play), {
      numRuns: 25,
      endOnFailure: true,
    });
  }, 120_000);

  it("give the same answers to whatever comes at once", async () => {
    await fc.assert(fc.asyncProperty(fc.array(rush, { minLength: 2, maxLength: 6 }), playRushes), {
      numRuns: 40,
      endOnFailure: true,
    });
  }, 120_000);
});
