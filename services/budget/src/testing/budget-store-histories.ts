import { describe, expect, it } from "vitest";
import { amountOf } from "../domain/ledger.ts";
import {
  amount,
  attempt,
  type BudgetStoreFixture,
  callerOf,
  counts,
  lines,
  minuteMs,
  noonMs,
  order,
  reserve as reserveIn,
  settle as settleIn,
  settlement,
  utc,
} from "./budget-store-fixture.ts";

/** What is known of a request that was granted or settled, in plain words: nothing is counted up, everything is summed anew. */
interface Told {
  readonly tenant: string;
  readonly user: string;
  readonly day: number;
  readonly tokens: number;
  readonly cost: number;
  readonly expiresAtMs: number;
  phase: "reserved" | "presumed" | "released" | "settled";
  settledTokens: number;
  settledCost: number;
}

const tier = { tenant: { tokensPerDay: 1_000, usdPerDay: 800e-9 }, user: { tokensPerDay: 400 } };
const tenants = ["acme", "globex"];
const users = ["", "jane", "joe"];
const dayOf = (timeMs: number) => utc(timeMs).day.startMs;
const stepMs = 10 * minuteMs;

/** Random histories, the same for a seed, against a model that keeps a list of requests. */
export function budgetStoreHistories(fixtureOf: () => BudgetStoreFixture): void {
  describe.each([1, 2, 3])("a random history (seed %i)", (seed) => {
    it("of requests that stay within what they reserved never passes a limit", async () => {
      await play(fixtureOf(), randomOf(seed), { disciplined: true, steps: 150 });
    });

    it("of requests that do as they please is counted to the last token", async () => {
      await play(fixtureOf(), randomOf(seed + 1_000), { disciplined: false, steps: 150 });
    });
  });
}

async function play(
  fixture: BudgetStoreFixture,
  random: (below: number) => number,
  { disciplined, steps }: { disciplined: boolean; steps: number },
): Promise<void> {
  const model = new Map<string, Told>();
  let nowMs = noonMs;
  const pick = <T>(from: readonly T[]) => from[random(from.length)] as T;
  const storeOf = () => pick([fixture.store, fixture.other]);

  const reserve = async () => {
    const id = random(5) === 0 && model.size > 0 ? pick([...model.keys()]) : `r${random(1_000_000)}`;
    const caller = callerOf(model.get(id)?.tenant ?? pick(tenants), model.get(id)?.user ?? pick(users));
    const asked = { tokens: random(200), cost: random(150) };
    const leaseMs = stepMs * (1 + random(6));
    const expected = model.has(id) || fits(model, caller, dayOf(nowMs), asked);
    const fields = { caller, amount: amount(asked.tokens, asked.cost), leaseMs };
    const verdict = await reserveIn(storeOf(), order(id, tier, fields));
    expect(verdict.granted, `reserve ${id}`).toBe(expected);
    if (!expected || model.has(id)) return;
    const held = { ...asked, day: dayOf(nowMs), expiresAtMs: nowMs + leaseMs, settledTokens: 0, settledCost: 0 };
    model.set(id, { ...held, tenant: caller.tenant, user: caller.user, phase: "reserved" });
  };

  const settle = async (id: string) => {
    const told = model.get(id) as Told;
    if (disciplined && told.phase === "released") return;
    const most = disciplined ? told : { tokens: 300, cost: 200 };
    const parts = [1, 2].map(() => ({
      tokens: random(Math.floor(most.tokens / 2) + 1),
      cost: random(Math.floor(most.cost / 2) + 1),
    }));
    const caller = callerOf(told.tenant, told.user);
    await settleIn(storeOf(), settlement(id, parts.map(attempt), { caller }));
    if (told.phase === "settled") return;
    told.phase = "settled";
    for (const { tokens, cost } of parts) {
      told.settledTokens += tokens;
      told.settledCost += cost;
    }
  };

  const settleUnknown = async () => {
    const id = `r${random(1_000_000)}`;
    if (disciplined || model.has(id)) return;
    const [tenant, user] = [pick(tenants), pick(users)];
    const blank = { tokens: 0, cost: 0, expiresAtMs: nowMs, settledTokens: 0, settledCost: 0 };
    model.set(id, { ...blank, tenant, user, day: dayOf(nowMs), phase: "released" });
    await settle(id);
  };

  const release = async (id: string) => {
    const told = model.get(id) as Told;
    await storeOf().release(id, callerOf(told.tenant, told.user));
    if (told.phase !== "settled") told.phase = "released";
  };

  const advance = () => {
    const ms = stepMs * (1 + random(random(10) === 0 ? 40 : 3));
    fixture.advance(ms);
    nowMs += ms;
    for (const told of model.values()) {
      if (told.phase === "reserved" && told.expiresAtMs <= nowMs) told.phase = "presumed";
    }
  };

  for (let step = 0; step < steps; step++) {
    const what = random(20);
    if (what < 9 || model.size === 0) await reserve();
    else if (what < 14) await settle(pick([...model.keys()]));
    else if (what < 16) await release(pick([...model.keys()]));
    else if (what < 17) await settleUnknown();
    else if (what < 19) advance();
    else await storeOf().sweep();
    await compare(fixture, model, dayOf(nowMs), disciplined);
  }
  for (const id of model.keys()) await settle(id);
  await compare(fixture, model, dayOf(nowMs), disciplined);
  await compareLedger(fixture, model);
}

function sums(model: ReadonlyMap<string, Told>, scope: string, day: number): number[] {
  const sum = [0, 0, 0, 0] as [number, number, number, number];
  for (const told of model.values()) {
    const own = scope === `tenant/${told.tenant}` || scope === `user/${told.tenant}/${told.user}`;
    if (!own || told.day !== day) continue;
    const presumed = told.phase === "presumed";
    sum[0] += presumed ? told.tokens : told.settledTokens;
    sum[1] += presumed ? told.cost : told.settledCost;
    if (told.phase !== "reserved") continue;
    sum[2] += told.tokens;
    sum[3] += told.cost;
  }
  return sum;
}

function fits(
  model: ReadonlyMap<string, Told>,
  { tenant, user }: { tenant: string; user: string },
  day: number,
  asked: { tokens: number; cost: number },
): boolean {
  const [tokens = 0, cost = 0, heldTokens = 0, heldCost = 0] = sums(model, `tenant/${tenant}`, day);
  if (tokens + heldTokens + asked.tokens > 1_000 || cost + heldCost + asked.cost > 800) return false;
  const [userTokens = 0, , userHeld = 0] = sums(model, `user/${tenant}/${user}`, day);
  return user === "" || userTokens + userHeld + asked.tokens <= 400;
}

const scopes = tenants.flatMap((tenant) => [`tenant/${tenant}`, `user/${tenant}/jane`, `user/${tenant}/joe`]);

async function compare(
  { store }: BudgetStoreFixture,
  model: ReadonlyMap<string, Told>,
  day: number,
  disciplined: boolean,
): Promise<void> {
  for (const scope of scopes) {
    const found = await counts(store, scope);
    expect(found, scope).toEqual(sums(model, scope, day));
    if (!disciplined) continue;
    const [tokens = 0, cost = 0, heldTokens = 0, heldCost = 0] = found;
    expect(tokens + heldTokens).toBeLessThanOrEqual(scope.startsWith("user") ? 400 : 1_000);
    expect(cost + heldCost).toBeLessThanOrEqual(800);
  }
}

/** Line by line, the ledger says of every request what it used, and nothing of any other. */
async function compareLedger({ store }: BudgetStoreFixture, model: ReadonlyMap<string, Told>): Promise<void> {
  const booked = new Map<string, [tokens: number, cost: number]>();
  for (const line of await lines(store)) {
    const { tokens, costUsdNanos } = amountOf(line);
    const [tokensBefore, costBefore] = booked.get(line.requestId) ?? [0, 0];
    booked.set(line.requestId, [tokensBefore + Number(tokens), costBefore + Number(costUsdNanos)]);
  }
  const used = [...model].filter(([, { settledTokens, settledCost }]) => settledTokens > 0 || settledCost > 0);
  const nonzero = [...booked].filter(([, [tokens, cost]]) => tokens !== 0 || cost !== 0);
  expect(new Map(nonzero)).toEqual(new Map(used.map(([id, told]) => [id, [told.settledTokens, told.settledCost]])));
}

/** Mulberry32: whole numbers from 0 to `below`, exclusive. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
