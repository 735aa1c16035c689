import { describe, expect, it } from "vitest";
import type { Budget, Reserved, ReserveOrder } from "../ports.ts";
import { policy, prompt } from "../testing/fixtures.ts";
import type { Background } from "./background.ts";
import { decide } from "./decide.ts";
import { Refusal } from "./refusal.ts";
import { reserveFor } from "./reserve.ts";
import { tierBounds, upperBound } from "./upper-bound.ts";

const exhausted = new Refusal("BUDGET_EXHAUSTED", "nothing is left of it");
const granted: Reserved = { kind: "granted", warnings: [] };
const none = { hedge: false, continuation: false };

/** Reserves for a request under a budget that answers as it is told. */
async function reserveUnder(answer: (order: ReserveOrder) => Reserved, asked = prompt()) {
  const orders: ReserveOrder[] = [];
  const released: string[] = [];
  const budget: Budget = {
    reserve: async (order) => {
      orders.push(order);
      return answer(order);
    },
    settle: async () => undefined,
    release: async (requestId) => void released.push(requestId),
  };
  const background: Background = {
    run: (work) => void work(),
    idle: async () => undefined,
    finish: async () => undefined,
  };
  const wanted = decide(asked, undefined, policy);
  const decision = reserveFor(asked, wanted, {
    budget,
    background,
    boundOf: (each) => ({ all: upperBound(asked, each, none), tiers: tierBounds(asked, each, none) }),
    decideWithout: (exclusions) => decide(asked, wanted.classification, policy, exclusions),
  });
  const models = await decision.then(
    ({ chain }) => chain.map(({ model }) => model.id),
    (error: unknown) => error,
  );
  return { models, orders, released, warnings: await decision.then((each) => each.warnings).catch(() => []) };
}

const tiersOf = ({ bound }: ReserveOrder) => bound.tiers.map(({ tier }) => tier);
const narrowed = (tiers: Extract<Reserved, { kind: "narrowed" }>["tiers"], refusal?: Refusal): Reserved => ({
  kind: "narrowed",
  tiers,
  because: "the budget is low",
  refusal,
});

describe("reserving", () => {
  it("asks for the most of each tier, that of the first choice first, and in all for the most of any", async () => {
    const { orders } = await reserveUnder(() => granted);
    const [order] = orders as [ReserveOrder];
    expect(tiersOf(order)).toEqual(["TIER_PREMIUM", "TIER_ECONOMY", "TIER_STANDARD"]);
    const [ofPremium = 0n, ofEconomy = 0n, ofStandard = 0n] = order.bound.tiers.map(
      ({ amount }) => amount.costUsdNanos,
    );
    expect(ofPremium).toBeGreaterThan(ofStandard);
    expect(ofStandard).toBeGreaterThan(ofEconomy);
    expect(order.bound.all.costUsdNanos).toBe(ofPremium);
    expect(order).toMatchObject({ requestId: "request-1", isRouted: true });
  });

  it("decides again without the tiers that a budget advises against, step by step as it advises", async () => {
    const { models, orders, warnings } = await reserveUnder((order) => {
      if (tiersOf(order).includes("TIER_PREMIUM")) return narrowed(["TIER_ECONOMY", "TIER_STANDARD"]);
      return tiersOf(order).includes("TIER_STANDARD") ? narrowed(["TIER_ECONOMY"]) : granted;
    });
    expect(models).toEqual(["small"]);
    expect(orders.map(({ bound }) => bound.tiers.length)).toEqual([3, 2, 1]);
    expect(warnings).toContain("the budget is low");
  });

  it("does not follow advice that leaves no model, and says to the budget that it did not", async () => {
    const asked = prompt({ hints: { ...prompt().hints, minTier: "TIER_PREMIUM" } });
    const { models, orders } = await reserveUnder(
      ({ isRouted }) => (isRouted ? narrowed(["TIER_ECONOMY"]) : granted),
      asked,
    );
    expect(models).toEqual(["large"]);
    expect(orders.map(({ isRouted }) => isRouted)).toEqual([true, false]);
  });

  it("is refused where a limit has too little left and no other model can take the request", async () => {
    const asked = prompt({ hints: { ...prompt().hints, minTier: "TIER_PREMIUM" } });
    const { models, released } = await reserveUnder(() => narrowed(["TIER_ECONOMY"], exhausted), asked);
    expect(models).toBe(exhausted);
    expect(released).toEqual([]);
  });

  it("keeps the model that was asked for by name and does without the fallbacks that a limit has no room for", async () => {
    const { models, orders } = await reserveUnder(
      (order) =>
        tiersOf(order).includes("TIER_STANDARD") ? narrowed(["TIER_PREMIUM", "TIER_ECONOMY"], exhausted) : granted,
      prompt({}, { model: "large" }),
    );
    expect(models).toEqual(["large"]);
    expect(orders.map(({ isRouted }) => isRouted)).toEqual([false, false]);
  });

  it("ends, whatever a budget answers", async () => {
    expect((await reserveUnder(() => narrowed(["TIER_ECONOMY"]))).models).toBeInstanceOf(TypeError);
    expect((await reserveUnder(() => narrowed(["TIER_ECONOMY"], exhausted))).models).toBe(exhausted);
    expect((await reserveUnder(() => narrowed([], exhausted))).models).toBe(exhausted);
  });

  it("gives back what it does not know to be granted, and nothing that was refused", async () => {
    const refusedBy = async (error: Error) =>
      (
        await reserveUnder(() => {
          throw error;
        })
      ).released;
    expect(await refusedBy(new Refusal("BUDGET_UNAVAILABLE", "out of reach"))).toEqual(["request-1"]);
    expect(await refusedBy(exhausted)).toEqual([]);
  });
});
