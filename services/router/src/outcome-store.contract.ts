import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KeptRequest } from "./domain/outcomes/kept-request.ts";
import { countOf } from "./domain/outcomes/tables.ts";
import type { JudgedOutcome, OutcomeStore, PolicySnapshot } from "./ports.ts";

/** A store under test, opened anew and empty for each test. */
export interface OutcomeStoreBench {
  /** Keeps at most 5 requests or more, 3 versions, 8 outcomes a cell. */
  open(): Promise<OutcomeStore>;
  close(): Promise<void>;
}

const kept = (requestId: string, change: Partial<KeptRequest> = {}): KeptRequest => ({
  ...{ requestId, tenant: "acme", model: "small", task: "TASK_CHAT", prior: 0.95, target: 0.9 },
  chain: [{ model: "small", prior: 0.95, costUsdNanos: 5 }],
  ...change,
});

const judged = (change: Partial<JudgedOutcome> = {}): JudgedOutcome => ({
  ...{ requestId: "r1", tenant: "acme", source: "user", model: "small", task: "TASK_CHAT" },
  ...{ prior: 0.95, score: 0, weight: 1 },
  ...change,
});

const version = (number: number): PolicySnapshot => ({
  ...{ number, madeAtMs: 1_000 * number, cause: "learned", outcomeCount: number },
  cells: [{ model: "small", task: "TASK_CHAT", counts: [number, 0.5], scores: [0, 0.5] }],
});

/** What every store of outcomes promises. */
export function outcomeStoreContract(name: string, bench: () => OutcomeStoreBench): void {
  describe(`the ${name} store of outcomes, like every one,`, () => {
    let one: OutcomeStoreBench;
    let store: OutcomeStore;
    beforeEach(async () => {
      one = bench();
      store = await one.open();
    });
    afterEach(() => one.close());

    it("finds a request for its own tenant alone", async () => {
      await store.keep([kept("r1"), kept("r2", { model: "large" })]);
      expect(await store.find("acme", "r2")).toEqual(kept("r2", { model: "large" }));
      expect(await store.find("other", "r2")).toBeUndefined();
      expect(await store.find("acme", "r3")).toBeUndefined();
    });

    it("lists the last requests, newest first", async () => {
      await store.keep([kept("r1")]);
      await store.keep([kept("r2"), kept("r3")]);
      expect((await store.recent(2)).map(({ requestId }) => requestId)).toEqual(["r3", "r2"]);
    });

    it("counts each source's judgement of a request once, and those of no request always", async () => {
      expect(await store.record(judged())).toBe(true);
      expect(await store.record(judged({ score: 1 }))).toBe(false);
      expect(await store.record(judged({ source: "judge", score: 1, weight: 0.5 }))).toBe(true);
      expect(await store.record(judged({ tenant: "other" }))).toBe(true);
      for (let again = 0; again < 2; again++) expect(await store.record(judged({ requestId: "" }))).toBe(true);
      const { cells, outcomeCount } = await store.tables();
      expect(outcomeCount).toBe(4.5);
      expect(cells.map(({ counts, scores }) => [counts[9], scores[9]])).toEqual([[4.5, 0.5]]);
    });

    it("keeps models, tasks and parts of the expectation apart", async () => {
      await store.record(judged({ requestId: "", model: "a/b:c" }));
      await store.record(judged({ requestId: "", task: "TASK_CODE", prior: 0.31, score: 0.25 }));
      const { cells } = await store.tables();
      expect(cells.map(({ model, task }) => [model, task])).toEqual([
        ["a/b:c", "TASK_CHAT"],
        ["small", "TASK_CODE"],
      ]);
      expect(cells[1]?.counts).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
      expect(cells[1]?.scores[3]).toBe(0.25);
    });

    it("lets old outcomes of a cell count half once there are many", async () => {
      for (let again = 0; again < 9; again++) await store.record(judged({ requestId: "", score: 1 }));
      const { cells, outcomeCount } = await store.tables();
      expect(cells.map(countOf)).toEqual([4.5]);
      expect(outcomeCount).toBe(9);
    });

    it("loses no outcome that is recorded beside others", async () => {
      const outcomes = Array.from({ length: 6 }, (_, index) => store.record(judged({ requestId: `r${index}` })));
      expect(await Promise.all(outcomes)).not.toContain(false);
      expect((await store.tables()).cells.map(countOf)).toEqual([6]);
    });

    it("puts cells in the place of all others", async () => {
      await store.record(judged({ model: "gone" }));
      await store.replaceTables(version(2).cells, 2.5);
      const { cells, outcomeCount } = await store.tables();
      expect(outcomeCount).toBe(2.5);
      expect(cells).toEqual([
        {
          ...{ model: "small", task: "TASK_CHAT" },
          ...{ counts: [2, 0.5, 0, 0, 0, 0, 0, 0, 0, 0], scores: [0, 0.5, 0, 0, 0, 0, 0, 0, 0, 0] },
        },
      ]);
      await store.replaceTables([], 0);
      expect(await store.tables()).toEqual({ cells: [], outcomeCount: 0 });
    });

    it("keeps the first version of a number, and only the newest beside the pinned one", async () => {
      await store.publish(version(1));
      await store.publish({ ...version(1), cause: "too late" });
      expect(await store.version(1)).toEqual(version(1));
      await store.pin(1);
      for (const number of [2, 3, 4, 5]) await store.publish(version(number));
      expect((await store.versions()).map(({ number }) => number)).toEqual([5, 4, 3, 1]);
      await store.pin(undefined);
      await store.publish(version(6));
      expect((await store.versions()).map(({ number }) => number)).toEqual([6, 5, 4]);
      expect(await store.version(1)).toBeUndefined();
    });

    it("knows which version is pinned", async () => {
      expect(await store.pinned()).toBeUndefined();
      await store.pin(3);
      expect(await store.pinned()).toBe(3);
      await store.pin(undefined);
      expect(await store.pinned()).toBeUndefined();
    });
  });
}
