import { EmbeddingRequest, EmbeddingResponse } from "@switchyard/contracts/type/v1/embedding";
import { beforeEach, describe, expect, it } from "vitest";
import type { Budget, Provider, Reserved, ReserveOrder, Settlement } from "../ports.ts";
import {
  catalogue,
  estimateTokens,
  type FakeClock,
  fakeClock,
  model,
  recordingObserver,
  resiliencePolicy,
} from "../testing/fixtures.ts";
import { background } from "./background.ts";
import { AttemptFailure } from "./dispatch/attempt-failure.ts";
import { createResilience } from "./dispatch/resilience.ts";
import { embed } from "./embed.ts";
import { Refusal } from "./refusal.ts";

const embedder = model("vectors", {
  tier: "TIER_ECONOMY",
  capabilities: new Set(["embeddings"]),
  prices: { input: 20, cachedInput: 20, output: 0 },
  deployments: [{ model: "vectors", provider: "near", rank: 0, weight: 1 }],
});

describe("embedding", () => {
  let orders: ReserveOrder[];
  let settled: Settlement[];
  let verdict: Reserved;
  let clock: FakeClock;
  let ask: Provider["embed"];

  beforeEach(() => {
    orders = [];
    settled = [];
    verdict = { kind: "granted", warnings: [] };
    clock = fakeClock();
    ask = async () => EmbeddingResponse.create({ inputTokens: 9n });
  });

  const notCalled = () => expect.unreachable();

  async function run({ deadline = 60_000, signal = new AbortController().signal } = {}) {
    const observer = recordingObserver();
    const work = background(clock, () => true, notCalled);
    const budget: Budget = {
      reserve: async (order) => {
        orders.push(order);
        return verdict;
      },
      settle: async (settlement) => void settled.push(settlement),
      release: async () => undefined,
    };
    const resilience = createResilience(resiliencePolicy, clock, observer);
    const context = {
      access: { keys: new Map(), anonymous: { tenant: "acme", budgetTier: "pro" } },
      catalogue: catalogue(embedder),
      budget,
      provider: { complete: notCalled, stream: notCalled, embed: ask } as Provider,
      resilience,
      observer,
      clock,
      random: () => 0,
      estimateTokens,
      newRequestId: () => "request-1",
      traceId: () => "",
      background: work,
      onUnforeseen: notCalled,
    };
    const embedding = EmbeddingRequest.fromPartial({ model: "auto", texts: ["x".repeat(40)] });
    const incoming = { embedding, caller: undefined, credentials: { authorization: undefined, isLocal: true } };
    const result = await embed({ ...incoming, signal, deadline }, context).catch((error: Refusal) => error);
    await work.idle();
    return result;
  }

  const attempts = () =>
    settled[0]?.attempts.map(({ provider, outcome, usage }) => [provider, outcome, usage?.inputTokens]);

  it("reserves in the limits of its model's tier too, and settles what the provider said", async () => {
    await run();
    const amount = { tokens: 12n, costUsdNanos: 240n };
    expect(orders).toMatchObject([
      { bound: { all: amount, tiers: [{ tier: "TIER_ECONOMY", amount }] }, isRouted: false },
    ]);
    expect(attempts()).toEqual([["near", "ok", 9n]]);
    expect(settled).toMatchObject([{ model: "vectors", baselineCostUsdNanos: 180n, outcome: "ok" }]);
  });

  it("tells the caller which budgets are fuller than they should get", async () => {
    verdict = { kind: "granted", warnings: ["the budget tier/acme/economy/usd_per_day is 90% used"] };
    expect(await run()).toMatchObject({
      routing: { warnings: ["the budget tier/acme/economy/usd_per_day is 90% used"] },
    });
  });

  it("is refused where the tier has too little left, for no other model will do", async () => {
    const refusal = new Refusal("BUDGET_EXHAUSTED", "nothing is left of it");
    verdict = { kind: "narrowed", tiers: ["TIER_PREMIUM"], because: "nothing is left", refusal };
    expect(await run()).toBe(refusal);
    expect(settled).toEqual([]);
  });

  it.each([
    ["the caller goes away", "CANCELLED"],
    ["its deadline passes", "DEADLINE_EXCEEDED"],
  ])("counts what a provider has read when %s", async (_name, reason) => {
    const caller = new AbortController();
    ask = (_at, _embedding, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new AttemptFailure("UPSTREAM_CONNECTION", "cut")));
        setImmediate(() => caller.abort(reason === "CANCELLED" ? undefined : { reason }));
      });
    expect(await run({ signal: caller.signal })).toMatchObject({ reason });
    expect(attempts()).toEqual([["near", reason, 10n]]);
    expect(settled[0]).toMatchObject({ model: "", outcome: reason, baselineCostUsdNanos: 0n });
  });
});
