import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { graceBy, hasGrace } from "../domain/grace.ts";
import type { BudgetStore } from "../ports.ts";
import {
  amount,
  attempt,
  bill,
  callerOf,
  counts,
  jane,
  minuteMs,
  noonMs,
  order,
  settle,
  settlement,
  utc,
} from "../testing/budget-store-fixture.ts";
import { graceBudgetStore } from "./grace-budget-store.ts";
import { openSqliteBudgetStore } from "./sqlite-budget-store.ts";
import { storeUnavailable } from "./store-fault.ts";

const policy = {
  whenUnreachable: { allow: { tokens: 100, usd: 50e-9 } },
  tenants: { globex: { whenUnreachable: "deny" as const } },
};

let folder: string;
let nowMs: number;
let isDown: boolean;
let inner: BudgetStore;
let store: BudgetStore;
let told: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "budget-"));
  nowMs = noonMs;
  isDown = false;
  told = [];
  inner = openSqliteBudgetStore({ path: join(folder, "budget.db"), clock: () => nowMs, calendar: utc });
  const unlessDown = <Work extends (...given: never[]) => Promise<unknown>>(work: Work) =>
    (async (...given: Parameters<Work>) => {
      if (isDown) throw storeUnavailable(new Error("down"));
      return work(...given);
    }) as Work;
  const breakable: BudgetStore = {
    ...inner,
    reserve: unlessDown(inner.reserve),
    settle: unlessDown(inner.settle),
    release: unlessDown(inner.release),
    sweep: unlessDown(inner.sweep),
    isReady: () => !isDown,
  };
  store = graceBudgetStore(breakable, {
    graceOf: graceBy(policy),
    hasGrace: hasGrace(policy),
    clock: () => nowMs,
    onGranted: ({ tenant }) => void told.push(`granted ${tenant}`),
    onReconciled: (count) => void told.push(`reconciled ${count}`),
    onLost: () => void told.push("lost"),
  });
});
afterEach(async () => {
  await inner.close();
  rmSync(folder, { recursive: true });
});

const ask = async (requestId: string, tokens: number, cost = 0, caller = jane) => {
  const verdict = await store.reserve(order(requestId, {}, { caller, amount: amount(tokens, cost) }));
  return verdict.verdict === "granted" ? (verdict.isGrace ? "grace" : "granted") : verdict.verdict;
};
const unavailable = { reason: "SERVICE_UNAVAILABLE" };
const back = async () => {
  isDown = false;
  await store.sweep();
};

describe("a budget whose store cannot be reached", () => {
  it("asks its store as long as that is there", async () => {
    expect(await ask("r1", 1_000)).toBe("granted");
    expect(await counts(inner)).toEqual([0, 0, 1_000, 0]);
    expect(told).toEqual([]);
  });

  it("grants what the grace of the tenant has, in tokens and in money, and no more", async () => {
    isDown = true;
    expect(store.isReady()).toBe(true);
    expect(await ask("r1", 60, 50)).toBe("grace");
    await expect(ask("r2", 41)).rejects.toMatchObject(unavailable);
    await expect(ask("r3", 1, 1)).rejects.toMatchObject(unavailable);
    expect(await ask("r4", 40)).toBe("grace");
    expect(await ask("r1", 60, 50)).toBe("grace");
    expect(await ask("r5", 100, 0, callerOf("initech"))).toBe("grace");
    expect(told).toEqual(["granted acme", "granted acme", "granted initech"]);
  });

  it("denies a tenant whose policy says so, and everybody where nobody has a grace", async () => {
    isDown = true;
    await expect(ask("r1", 1, 0, callerOf("globex"))).rejects.toMatchObject(unavailable);
    expect(graceBy({ whenUnreachable: "deny", tenants: {} })(jane)).toBeUndefined();
    expect([hasGrace(policy), hasGrace({ whenUnreachable: "deny", tenants: {} })]).toEqual([true, false]);
  });

  it("gives back at once what a request did not use", async () => {
    isDown = true;
    await ask("r1", 100);
    expect(await settle(store, settlement("r1", [attempt({ tokens: 30 })]))).toEqual(amount(30));
    expect(await ask("r2", 70)).toBe("grace");
    await store.release("r2", jane);
    expect(await ask("r3", 70)).toBe("grace");
    await expect(ask("r4", 1)).rejects.toMatchObject(unavailable);
  });

  it("books all of it once the store is back, exactly once, and the grace is whole again", async () => {
    isDown = true;
    await ask("settled", 60);
    await settle(store, settlement("settled", [attempt({ tokens: 30, cost: 3 })]));
    await ask("released", 10);
    await store.release("released", jane);
    await ask("open", 50);
    await back();
    expect(told.at(-1)).toBe("reconciled 3");
    expect(await bill(inner)).toEqual(["ok 30 3"]);
    expect(await counts(inner)).toEqual([30, 3, 50, 0]);

    await settle(store, settlement("settled", [attempt({ tokens: 30, cost: 3 })]));
    await settle(store, settlement("open", [attempt({ tokens: 20 })]));
    await store.sweep();
    expect(await counts(inner)).toEqual([50, 3, 0, 0]);
    isDown = true;
    expect(await ask("next", 100)).toBe("grace");
  });

  it("presumes spent what was granted out of the grace and never settled", async () => {
    isDown = true;
    await ask("r1", 50);
    nowMs += 20 * minuteMs;
    await back();
    nowMs += 10;
    await store.sweep();
    expect(await bill(inner)).toEqual(["presumed 50 0"]);
  });

  it("books late what a request of before used, though it does not say that it is booked", async () => {
    await ask("r1", 50, 0, callerOf("globex"));
    isDown = true;
    const late = settlement("r1", [attempt({ tokens: 20 })], { caller: callerOf("globex") });
    await expect(settle(store, late)).rejects.toMatchObject(unavailable);
    await back();
    expect(await counts(inner, "tenant/globex")).toEqual([20, 0, 0, 0]);
    expect(told).toEqual(["reconciled 1"]);
  });
});
