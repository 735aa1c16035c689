import { describe, expect, it } from "vitest";
import type { CacheStore, Entry } from "../ports.ts";
import { answer, chatRequest } from "../testing.ts";
import type { Question } from "./question.ts";
import { type RecallContext, recall } from "./recall.ts";
import { createSharing } from "./sharing.ts";

const nowMs = 1_790_000_000_000;
const rules = { maxTemperature: 1, replayTtlMs: 1_000, personalData: "user", timeSensitiveTtlSeconds: 60 } as const;
const entry: Entry = { answer: answer("Paris"), storedAtMs: nowMs - 5, requestDigest: "" };
const question: Question = {
  chat: chatRequest(),
  tenant: "acme",
  user: "ann",
  policy: "CACHE_POLICY_READ_WRITE",
  sensitivity: "SENSITIVITY_PUBLIC",
  idempotencyKey: "k-1",
  scope: "",
  mayFollow: false,
};
const patience = { signal: undefined, deadline: undefined };

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
    const context: RecallContext = {
      ...{ store: readOnly(fault), rules, sharing: createSharing({}), meaning: undefined, flight: undefined },
      onUnkept: (error) => faults.push(error),
    };
    const recalled = await recall(question, context, nowMs, patience);
    expect(recalled).toMatchObject({ kind: "exact_hit", entry });
    expect(faults).toEqual([fault]);
  });
});
