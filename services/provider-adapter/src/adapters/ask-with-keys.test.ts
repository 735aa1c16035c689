import { OpenAI } from "openai";
import { describe, expect, it } from "vitest";
import { createKeyRing } from "../domain/key-ring.ts";
import { upstreamError } from "../domain/upstream-error.ts";
import { createTurnedClock } from "../testing/turned-clock.ts";
import { askWithKeys } from "./ask-with-keys.ts";
import type { Upstream } from "./openai-upstreams.ts";

const upstream = (): Upstream => {
  const client = new OpenAI({ apiKey: "unused", baseURL: "http://127.0.0.1:1" });
  const keys = ["one", "two"].map((apiKey, index) => ({ key: { index, apiKey, client }, weight: 1 }));
  return {
    provider: "acme",
    keys: createKeyRing(keys),
    maxTokensField: "max_tokens",
    prefill: { message: {}, request: {} },
    close: async () => undefined,
  };
};
const limited = () => upstreamError("UPSTREAM_RATE_LIMITED", { provider: "acme", message: "limited" });

describe("askWithKeys", () => {
  it("tells of every key before it asks with it, by its place", async () => {
    const events: unknown[] = [];
    const use = { signal: new AbortController().signal, usesKey: (index: number) => void events.push(index) };
    const { answer } = await askWithKeys(upstream(), createTurnedClock(), use, async ({ apiKey }) => {
      events.push(apiKey);
      if (apiKey === "one") throw limited();
      return "yes";
    });
    expect(answer).toBe("yes");
    expect(events).toEqual([0, "one", 1, "two"]);
  });

  it("asks with no further key once the caller is gone", async () => {
    const caller = new AbortController();
    const asked: string[] = [];
    const use = { signal: caller.signal, usesKey: () => undefined };
    const failed = askWithKeys(upstream(), createTurnedClock(), use, async ({ apiKey }) => {
      asked.push(apiKey);
      caller.abort(new Error("gone"));
      throw limited();
    });
    await expect(failed).rejects.toThrow("gone");
    expect(asked).toEqual(["one"]);
  });

  it("asks with none where the caller is gone before", async () => {
    const use = { signal: AbortSignal.abort(new Error("gone")), usesKey: () => expect.unreachable() };
    await expect(askWithKeys(upstream(), createTurnedClock(), use, () => expect.unreachable())).rejects.toThrow("gone");
  });
});
