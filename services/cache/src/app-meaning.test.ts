import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chatRequest, textPart } from "./testing.ts";
import { type Asked, openTestCache, saying, type TestCache, textOf } from "./testing-cache.ts";

let cache: TestCache;

beforeEach(async () => {
  cache = await openTestCache("{}");
});
afterEach(() => cache.close());

const stored = "How do I reset my password?";
const same = "Please tell me how I can reset my password";
const asking = (text: string, fields: Asked = {}): Asked => ({ chat: saying(text), ...fields });
const withSystem = (text: string, system: string) =>
  chatRequest({
    messages: [
      { role: "ROLE_SYSTEM", content: [textPart(system)] },
      { role: "ROLE_USER", content: [textPart(text)] },
    ],
  });

describe("recall by meaning", () => {
  it("answers a request that means the same, and says how sure it is", async () => {
    expect((await cache.ask("Under Settings.", asking(stored))).verdict).toBe("CACHE_VERDICT_MISS");
    const found = await cache.lookup(asking(same));
    expect(found).toMatchObject({ verdict: "CACHE_VERDICT_SEMANTIC_HIT", tickets: [], embedding: undefined });
    expect(textOf(found)).toBe("Under Settings.");
    expect(found.likeness?.probability).toBeGreaterThan(0.5);
    expect(found.likeness?.cosine).toBeGreaterThan(0.3);
    expect(found.entryId).toMatch(/^exact-/);
  });

  it("finds the one with the same numbers among many that differ in them", async () => {
    const order = (number: number) => asking(`Where is my order ${number} and when will it arrive?`);
    for (let number = 100; number < 120; number++) await cache.ask(`of ${number}`, order(number));
    const found = await cache.lookup(asking("Please tell me where my order 107 is and when it will arrive"));
    expect([found.verdict, textOf(found)]).toEqual(["CACHE_VERDICT_SEMANTIC_HIT", "of 107"]);
    expect((await cache.lookup(order(120))).verdict).toBe("CACHE_VERDICT_MISS");
  });

  it("prefers the answer to the very same request", async () => {
    await cache.ask("by meaning", asking(stored));
    await cache.ask("the very same", asking(same, { policy: "CACHE_POLICY_REFRESH" }));
    expect(await cache.lookup(asking(same))).toMatchObject({ verdict: "CACHE_VERDICT_EXACT_HIT" });
  });

  it("finds what a refresh has stored", async () => {
    await cache.ask("fresh", asking(stored, { policy: "CACHE_POLICY_REFRESH" }));
    expect((await cache.lookup(asking(same))).verdict).toBe("CACHE_VERDICT_SEMANTIC_HIT");
  });

  it("keeps its answer under the idempotency key", async () => {
    await cache.ask("Under Settings.", asking(stored));
    await cache.lookup(asking(same, { idempotencyKey: "k" }));
    expect(await cache.lookup(asking(same, { idempotencyKey: "k" }))).toMatchObject({
      verdict: "CACHE_VERDICT_REPLAY",
    });
  });

  it.each(["How do I change my username?", "How do I not reset my password?", "How do I reset my password in 2024?"])(
    "misses near-twins: %s",
    async (twin) => {
      await cache.ask("Under Settings.", asking(stored));
      expect((await cache.lookup(asking(twin))).verdict).toBe("CACHE_VERDICT_MISS");
    },
  );

  it.each<[string, Asked]>([
    ["tenant", { caller: { tenant: "other", user: "ann" } }],
    ["model scope", { chat: saying(same, { model: "m" }) }],
    ["sensitivity class", { sensitivity: "SENSITIVITY_PUBLIC" }],
    ["confidentiality", { sensitivity: "SENSITIVITY_CONFIDENTIAL" }],
    ["scope", { scope: "min_tier=standard" }],
    ["system prompt", { chat: withSystem(same, "Answer like a pirate.") }],
    ["response format", { chat: saying(same, { responseFormat: { format: { $case: "jsonObject", value: {} } } }) }],
    ["temperature", { chat: saying(same, { temperature: 0.2 }) }],
    ["tools", { chat: saying(same, { tools: [{ name: "reset" }] }) }],
    ["stop sequence", { chat: saying(same, { stop: ["."] }) }],
  ])("never crosses the %s", async (_boundary, other) => {
    await cache.ask("Under Settings.", asking(stored));
    expect((await cache.lookup(asking(same))).verdict).toBe("CACHE_VERDICT_SEMANTIC_HIT");
    expect(await cache.lookup(asking(same, other))).toMatchObject({ verdict: "CACHE_VERDICT_MISS", answer: undefined });
  });

  it("never crosses the language", async () => {
    await cache.ask("Unter Einstellungen.", asking("Wo ist das Hotel Adlon in Berlin?"));
    expect((await cache.lookup(asking("Where is the Hotel Adlon in Berlin?"))).verdict).toBe("CACHE_VERDICT_MISS");
  });

  it("compares no turn that is long, not plain or not the user's", async () => {
    const long = `${stored} ${"Really. ".repeat(600)}`;
    const image = { part: { $case: "image", value: { url: "https://x", detail: "" } }, extraJson: "" } as const;
    for (const chat of [
      saying(long),
      saying(""),
      saying("   "),
      chatRequest({ messages: [{ role: "ROLE_USER", content: [textPart(stored), image] }] }),
      chatRequest({ messages: [{ role: "ROLE_USER", content: [textPart(stored), textPart("x")] }] }),
      chatRequest({ messages: [{ role: "ROLE_TOOL", toolCallId: "a", content: [textPart(stored)] }] }),
    ]) {
      const { tickets } = await cache.ask("x", { chat });
      expect(tickets.map(({ meaning }) => meaning)).toEqual([undefined, undefined]);
      expect((await cache.lookup({ chat })).verdict).toBe("CACHE_VERDICT_EXACT_HIT");
    }
  });

  it("compares only the last turn; earlier ones must be the same", async () => {
    const conversation = (first: string, last: string) =>
      chatRequest({
        messages: [
          { role: "ROLE_USER", content: [textPart(first)] },
          { role: "ROLE_ASSISTANT", content: [textPart("Yes.")] },
          { role: "ROLE_USER", content: [textPart(last)] },
        ],
      });
    await cache.ask("A", { chat: conversation("Do you know the bank app?", stored) });
    expect((await cache.lookup({ chat: conversation("Do you know the bank app?", same) })).verdict).toBe(
      "CACHE_VERDICT_SEMANTIC_HIT",
    );
    expect((await cache.lookup({ chat: conversation("Do you know the mail app?", same) })).verdict).toBe(
      "CACHE_VERDICT_MISS",
    );
  });
});
