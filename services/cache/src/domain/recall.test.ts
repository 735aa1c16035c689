import { describe, expect, it } from "vitest";
import type { CacheStore, Entry } from "../ports.ts";
import { answer, chatRequest } from "../testing.ts";
import { type Question, recall } from "./recall.ts";

const nowMs = 1_790_000_000_000;
const rules = { maxTemperature: 1, replayTtlMs: 1_000 };
const entry: Entry = { answer: answer("Paris"), storedAtMs: nowMs - 5, requestDigest: "" };
const question: Question = {
  chat: chatRequest(),
  tenant: "acme",
  user: "ann",
  policy: "CACHE_POLICY_READ_WRITE",
  sensitivity: "SENSITIVITY_PUBLIC",
  idempotencyKey: "k-1",
  scope: "",
};

/** A store that holds the shared answer, and can be read but not written. */
const readOnly = (fault: Error): CacheStore => ({
  get: async (_tenant, names) => names.map((name) => (name.startsWith("exact-") ? entry : undefined)),
  put: () => Promise.reject(fault),
  nearest: async () => [],
  remove: async () => false,
  removeAll: async () => 0,
  isReady: () => true,
  close: async () => undefined,
});

describe("a hit under an idempotency key", () => {
  it("is given out though it cannot be kept under the key, and the fault is told of", async () => {
    const fault = new Error("no space");
    const faults: unknown[] = [];
    const recalled = await recall(question, readOnly(fault), rules, nowMs, (error) => faults.push(error));
    expect(recalled).toEqual({ kind: "hit", entry });
    expect(faults).toEqual([fault]);
  });
});
