import { beforeEach, describe, expect, it } from "vitest";
import { createSqliteOutcomeStore } from "../../adapters/sqlite-outcome-store.ts";
import type { OutcomeStore } from "../../ports.ts";
import { type FakeClock, fakeClock } from "../../testing/fixtures.ts";
import { createLearner, type Learner, type LearnerPolicy } from "./learner.ts";

const policy: LearnerPolicy = {
  ...{ patience: 5, maxShift: 3, publishAfter: 3, refreshMs: 1_000, weights: "odds-1", baseline: "large" },
  pinned: undefined,
};

describe("a learner", () => {
  let clock: FakeClock;
  let store: OutcomeStore;
  let troubles: unknown[];
  let learner: Learner;

  const start = (change: Partial<LearnerPolicy> = {}) =>
    createLearner(
      store,
      () => ({ ...policy, ...change }),
      clock,
      (error) => void troubles.push(error),
    );
  beforeEach(() => {
    clock = fakeClock();
    troubles = [];
    const limits = { keepMs: 1e6, maxRequests: 100, maxVersions: 10, maxPerCell: 100 };
    store = createSqliteOutcomeStore({ ...limits, path: ":memory:", nowMs: clock.now });
    learner = start();
  });

  const judge = async (score: number, times: number) => {
    const one = { requestId: "", tenant: "acme", source: "test", model: "small", task: "TASK_CHAT" as const };
    for (let time = 0; time < times; time++) await store.record({ ...one, prior: 0.95, score, weight: 1 });
    await learner.refresh();
  };
  const shift = () => learner.lessons().shiftOf("small", "TASK_CHAT");

  it("knows nothing at first, and makes a version once enough was judged", async () => {
    await judge(0, 2);
    expect(learner.lessons().name).toBe("odds-1/t0");
    await judge(0, 1);
    expect(learner.lessons().name).toBe("odds-1/t1");
    expect(shift()).toBeLessThan(-0.3);
    const [newest, oldest] = await learner.versions();
    expect(newest).toMatchObject({ name: "odds-1/t1", cause: "learned", outcomeCount: 3, cellCount: 1, active: true });
    expect(oldest).toMatchObject({ name: "odds-1/t0", cause: "first", active: false });
  });

  it("is followed by another router that shares the store", async () => {
    await judge(0, 3);
    const other = start();
    await other.refresh();
    expect(other.lessons().name).toBe("odds-1/t1");
    expect((await other.versions()).length).toBe(2);
  });

  it("decides by a pinned version while it goes on to learn beside it", async () => {
    await judge(0, 3);
    const before = shift();
    expect(await learner.pin("odds-1/t0")).toMatchObject({ name: "odds-1/t0", active: true, pinned: true });
    expect(shift()).toBe(0);
    await judge(0, 3);
    expect(shift()).toBe(0);
    expect(await learner.pin(undefined)).toMatchObject({ name: "odds-1/t2", pinned: false });
    expect(shift()).toBeLessThan(before);
  });

  it("goes back to what it knew, as a new version, and can undo that", async () => {
    await judge(1, 3);
    const good = shift();
    await judge(0, 6);
    expect(shift()).toBeLessThan(good);
    expect(await learner.rollBack("odds-1/t1")).toMatchObject({ name: "odds-1/t3", cause: "rolled back to odds-1/t1" });
    expect(shift()).toBe(good);
    await learner.rollBack("odds-1/t2");
    expect(shift()).toBeLessThan(good);
    await judge(0, 3);
    expect((await learner.versions())[0]).toMatchObject({ name: "odds-1/t5", outcomeCount: 12 });
  });

  it("compares versions over the requests that are kept", async () => {
    const chain = [
      { model: "small", prior: 0.95, costUsdNanos: 1 },
      { model: "large", prior: 0.95, costUsdNanos: 9 },
    ];
    const request = { tenant: "acme", model: "small", task: "TASK_CHAT" as const, prior: 0.95, target: 0.9, chain };
    for (const requestId of ["a", "b"]) learner.keep({ ...request, requestId });
    clock.advance(250);
    await judge(0, 30);
    const { differences, replay } = await learner.compare("odds-1/t0", "odds-1/t1");
    expect(differences).toHaveLength(1);
    expect(replay).toEqual({ replayed: 2, changed: 2, fromCostUsdNanos: 2, toCostUsdNanos: 18 });
  });

  it("follows the version that the configuration pins, and lets nobody change that by call", async () => {
    await judge(0, 3);
    const pinned = start({ pinned: "odds-1/t0" });
    await pinned.refresh();
    expect(pinned.lessons().name).toBe("odds-1/t0");
    await expect(pinned.pin("odds-1/t1")).rejects.toMatchObject({ reason: "INVALID_REQUEST" });
    await expect(pinned.rollBack("odds-1/t1")).rejects.toMatchObject({ reason: "INVALID_REQUEST" });
    await expect(start({ pinned: "odds-1/t9" }).refresh()).rejects.toMatchObject({ reason: "UNKNOWN_VERSION" });
    await expect(start({ pinned: "odds-2/t0" }).refresh()).rejects.toMatchObject({ reason: "UNKNOWN_VERSION" });
  });

  it("knows no versions of other weights, and none that were never made", async () => {
    for (const name of ["odds-2/t0", "odds-1/t7", "odds-1", "t0", ""]) {
      await expect(learner.pin(name || "nothing")).rejects.toMatchObject({ reason: "UNKNOWN_VERSION" });
    }
  });

  it("loses what it keeps, and no more, while the store is away", async () => {
    await store.close();
    const one = { requestId: "a", tenant: "acme", model: "small", task: "TASK_CHAT" as const, prior: 1, target: 1 };
    learner.keep({ ...one, chain: [] });
    clock.advance(250);
    await expect(learner.refresh()).rejects.toMatchObject({ reason: "SERVICE_UNAVAILABLE" });
    expect(troubles).toHaveLength(1);
    expect(learner.lessons().name).toBe("odds-1/t0");
  });
});
