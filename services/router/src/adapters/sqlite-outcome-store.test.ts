import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KeptRequest } from "../domain/outcomes/kept-request.ts";
import { Refusal } from "../domain/refusal.ts";
import { outcomeStoreContract } from "../outcome-store.contract.ts";
import type { OutcomeStore } from "../ports.ts";
import { createSqliteOutcomeStore } from "./sqlite-outcome-store.ts";

const limits = { keepMs: 1_000, maxRequests: 5, maxVersions: 3, maxPerCell: 8 };

let folder: string;
let nowMs = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "switchyard-outcomes-"));
  nowMs = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const open = () => createSqliteOutcomeStore({ ...limits, path: join(folder, "a/outcomes.sqlite"), nowMs: () => nowMs });

outcomeStoreContract("embedded", () => {
  let store: OutcomeStore;
  return {
    open: async () => {
      store = open();
      return store;
    },
    close: () => store.close(),
  };
});

describe("the embedded store of outcomes", () => {
  const kept = (requestId: string): KeptRequest => ({
    ...{ requestId, tenant: "acme", model: "small", task: "TASK_CHAT", prior: 0.95, target: 0.9, chain: [] },
  });

  it("forgets requests after a while, and the oldest where there are too many", async () => {
    const store = open();
    await store.keep([kept("old")]);
    nowMs = 1_001;
    expect(await store.find("acme", "old")).toBeUndefined();
    await store.keep(["1", "2", "3", "4", "5", "6"].map(kept));
    expect((await store.recent(10)).map(({ requestId }) => requestId)).toEqual(["6", "5", "4", "3", "2"]);
    await store.close();
  });

  it("remembers all of it in the next process, and says when it cannot be reached", async () => {
    const before = open();
    await before.pin(4);
    await before.close();
    await expect(before.tables()).rejects.toThrow(Refusal);
    const after = open();
    expect(await after.pinned()).toBe(4);
    await after.close();
  });
});
