import { readFileSync } from "node:fs";
import { join } from "node:path";
import { StoreRequest, type StoreTicket } from "@switchyard/contracts/cache/v1/cache";
import { Status } from "@switchyard/rpc";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { answer, chatRequest } from "./testing.ts";
import { type Asked, openTestCache, type TestCache, textOf } from "./testing-cache.ts";

const startMs = 1_790_000_000_000;
const settings = "ttlSeconds: 100, idempotencyTtlSeconds: 1000, maxEntryBytes: 4000";

let cache: TestCache;
let lookup: TestCache["lookup"];
let store: TestCache["store"];
let ask: TestCache["ask"];

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: startMs });
  cache = await openTestCache(`{ ${settings} }`);
  ({ lookup, store, ask } = cache);
});
afterEach(async () => {
  await cache.close();
  vi.useRealTimers();
});

const later = (seconds: number) => vi.setSystemTime(startMs + seconds * 1000);

describe("exact recall", () => {
  it("answers the same request again, whole and with its age", async () => {
    const first = await ask("Paris");
    expect(first).toMatchObject({ verdict: "CACHE_VERDICT_MISS", answer: undefined, ageSeconds: 0n });
    // For all of the tenant, and for ann alone where the answer turns out to be for nobody else.
    expect(first.tickets).toHaveLength(2);
    later(42);
    const { response, ...rest } = answer("Paris");
    expect(await lookup()).toEqual({
      verdict: "CACHE_VERDICT_EXACT_HIT",
      answer: { response, ...rest },
      ageSeconds: 42n,
      tickets: [],
      ...{ entryId: expect.stringMatching(/^exact-/), likeness: undefined, flight: undefined, embedding: undefined },
    });
  });

  it("does not depend on who in the tenant asks, nor on features and labels", async () => {
    await ask("Paris");
    const caller = { tenant: "acme", user: "bob", feature: "search", labels: { team: "x" }, budgetTier: "pro" };
    expect(textOf(await lookup({ caller }))).toBe("Paris");
  });

  it.each<[string, Asked]>([
    ["tenant", { caller: { tenant: "other", user: "ann" } }],
    ["model scope", { chat: chatRequest({ model: "m" }) }],
    ["sensitivity class", { sensitivity: "SENSITIVITY_PUBLIC" }],
    ["confidentiality", { sensitivity: "SENSITIVITY_CONFIDENTIAL" }],
    ["scope", { scope: "min_tier=standard" }],
    ["system prompt", { chat: chatRequest({ messages: [{ role: "ROLE_SYSTEM" }, ...chatRequest().messages] }) }],
  ])("never crosses the %s", async (_boundary, other) => {
    await ask("Paris");
    expect(await lookup(other)).toMatchObject({ verdict: "CACHE_VERDICT_MISS", answer: undefined });
  });

  it("keeps what is confidential to its user", async () => {
    const of = (user: string): Asked => ({ sensitivity: "SENSITIVITY_CONFIDENTIAL", caller: { tenant: "acme", user } });
    await ask("for ann", of("ann"));
    expect((await lookup(of("bob"))).verdict).toBe("CACHE_VERDICT_MISS");
    expect(textOf(await lookup(of("ann")))).toBe("for ann");
    expect(await lookup(of(""))).toMatchObject({ verdict: "CACHE_VERDICT_BYPASS", tickets: [] });
  });

  it("keeps nothing that is restricted, not even under an idempotency key", async () => {
    const restricted = await lookup({ sensitivity: "SENSITIVITY_RESTRICTED", idempotencyKey: "k" });
    expect(restricted).toMatchObject({ verdict: "CACHE_VERDICT_BYPASS", tickets: [] });
  });

  it("forgets after the configured life, or sooner where asked", async () => {
    const { tickets } = await lookup();
    await store(tickets, "Paris", { ttlSeconds: 10 });
    later(9);
    expect((await lookup()).verdict).toBe("CACHE_VERDICT_EXACT_HIT");
    later(10);
    expect((await lookup()).verdict).toBe("CACHE_VERDICT_MISS");
    await store(tickets, "Paris", { ttlSeconds: 1_000_000 });
    later(109);
    expect((await lookup()).verdict).toBe("CACHE_VERDICT_EXACT_HIT");
    later(110);
    expect((await lookup()).verdict).toBe("CACHE_VERDICT_MISS");
  });

  it("is replaced by a refresh, which does not read", async () => {
    await ask("old");
    expect(await ask("new", { policy: "CACHE_POLICY_REFRESH" })).toMatchObject({ verdict: "CACHE_VERDICT_BYPASS" });
    expect(textOf(await lookup())).toBe("new");
  });

  it.each<[string, Asked]>([
    ["no-store", { policy: "CACHE_POLICY_NO_STORE" }],
    ["several choices", { chat: chatRequest({ n: 2 }) }],
    ["a high temperature", { chat: chatRequest({ temperature: 1.5 }) }],
  ])("is neither read nor written with %s", async (_why, fields) => {
    await ask("Paris");
    expect(await lookup(fields)).toMatchObject({ verdict: "CACHE_VERDICT_BYPASS", answer: undefined, tickets: [] });
  });
});

describe("an idempotency key", () => {
  const key: Asked = { idempotencyKey: "k-1" };

  it("gives the first answer again, whatever the policy is by then", async () => {
    expect((await ask("first", key)).tickets).toHaveLength(3);
    await ask("fresh", { policy: "CACHE_POLICY_REFRESH" });
    for (const policy of ["CACHE_POLICY_READ_WRITE", "CACHE_POLICY_REFRESH", "CACHE_POLICY_NO_STORE"] as const) {
      const again = await lookup({ ...key, policy });
      expect(again).toMatchObject({ verdict: "CACHE_VERDICT_REPLAY", tickets: [] });
      expect(textOf(again)).toBe("first");
    }
    expect(textOf(await lookup())).toBe("fresh");
  });

  it("holds where the request itself may not be cached, and shares nothing then", async () => {
    const unshared: Asked = { ...key, policy: "CACHE_POLICY_NO_STORE", chat: chatRequest({ n: 2 }) };
    expect(await ask("mine", unshared)).toMatchObject({ verdict: "CACHE_VERDICT_BYPASS" });
    expect(textOf(await lookup(unshared))).toBe("mine");
    expect((await lookup({ chat: chatRequest() })).verdict).toBe("CACHE_VERDICT_MISS");
  });

  it("is refused for another request", async () => {
    await ask("first", key);
    const others: Asked[] = [
      { chat: chatRequest({ maxTokens: 7 }) },
      { scope: "max_tier=economy" },
      { sensitivity: "SENSITIVITY_PUBLIC" },
    ];
    for (const other of others) {
      await expect(lookup({ ...key, ...other })).rejects.toMatchObject({
        code: Status.ALREADY_EXISTS,
        reason: "IDEMPOTENCY_KEY_REUSED",
      });
    }
  });

  it("belongs to its user and tenant", async () => {
    await ask("first", key);
    const chat = chatRequest({ maxTokens: 7 });
    for (const caller of [
      { tenant: "acme", user: "bob" },
      { tenant: "other", user: "ann" },
    ]) {
      expect((await lookup({ ...key, chat, caller })).verdict).toBe("CACHE_VERDICT_MISS");
    }
  });

  it("holds for its own life, not for that of the shared answer", async () => {
    await ask("first", key);
    later(999);
    expect(await lookup(key)).toMatchObject({ verdict: "CACHE_VERDICT_REPLAY", ageSeconds: 999n });
    later(1000);
    expect((await lookup(key)).verdict).toBe("CACHE_VERDICT_MISS");
  });

  it("that was answered from the cache keeps that answer", async () => {
    await ask("first");
    expect((await lookup(key)).verdict).toBe("CACHE_VERDICT_EXACT_HIT");
    await ask("second", { policy: "CACHE_POLICY_REFRESH" });
    later(50);
    const again = await lookup(key);
    expect(again).toMatchObject({ verdict: "CACHE_VERDICT_REPLAY", ageSeconds: 50n });
    expect(textOf(again)).toBe("first");
  });
});

describe("storing", () => {
  it.each(["length", "content_filter", ""])("keeps no answer that ended with %j", async (finishReason) => {
    const { tickets } = await lookup();
    expect(await store(tickets, "cut", { finishReason })).toEqual({ stored: false, reason: "not_complete" });
    expect((await lookup()).verdict).toBe("CACHE_VERDICT_MISS");
  });

  it.each(["length", "content_filter"])("keeps one that ended with %j for its key alone", async (finishReason) => {
    const { tickets } = await lookup({ idempotencyKey: "k" });
    expect(tickets).toHaveLength(3);
    expect(await store(tickets, "cut", { finishReason })).toEqual({ stored: true, reason: "" });
    const again = await lookup({ idempotencyKey: "k" });
    expect([again.verdict, textOf(again)]).toEqual(["CACHE_VERDICT_REPLAY", "cut"]);
    expect((await lookup()).verdict).toBe("CACHE_VERDICT_MISS");
  });

  it("keeps an empty answer for its key alone", async () => {
    const { tickets } = await lookup({ idempotencyKey: "k" });
    expect(await store(tickets, "")).toEqual({ stored: true, reason: "" });
    expect((await lookup({ idempotencyKey: "k" })).verdict).toBe("CACHE_VERDICT_REPLAY");
    const shared = await lookup();
    expect(shared.verdict).toBe("CACHE_VERDICT_MISS");
    expect(await store(shared.tickets, "")).toEqual({ stored: false, reason: "not_complete" });
  });

  it.each(["", "error"])("keeps nothing that broke off (%j), not even for its key", async (finishReason) => {
    const { tickets } = await lookup({ idempotencyKey: "k" });
    expect(await store(tickets, "cut", { finishReason })).toEqual({ stored: false, reason: "not_complete" });
    expect((await lookup({ idempotencyKey: "k" })).verdict).toBe("CACHE_VERDICT_MISS");
  });

  it("keeps no answer that is too large", async () => {
    const { tickets } = await lookup();
    expect(await store(tickets, "x".repeat(5_000))).toEqual({ stored: false, reason: "too_large" });
    expect((await lookup()).verdict).toBe("CACHE_VERDICT_MISS");
  });

  it("names every ticket that Lookup never gave", async () => {
    const own = (await lookup({ idempotencyKey: "k" })).tickets as [StoreTicket, StoreTicket];
    const foreign = (await lookup({ caller: { tenant: "other" } })).tickets as [StoreTicket];
    const wrong: [StoreTicket[], string][] = [
      [[], "tickets"],
      [[{ ...own[0], key: "switchyard:{other}:x" }], "tickets[0].key"],
      [[{ ...own[0], key: "" }], "tickets[0].key"],
      [[own[0], foreign[0]], "tickets[1].key"],
      [[own[0], { ...own[1], requestDigest: new Uint8Array() }], "tickets[1].request_digest"],
      [[{ ...own[0], requestDigest: own[1].requestDigest }], "tickets[0].request_digest"],
      [[{ ...own[0], ttlSeconds: -1 }], "tickets[0].ttl_seconds"],
    ];
    for (const [tickets, field] of wrong) {
      await expect(store(tickets, "x")).rejects.toMatchObject({
        code: Status.INVALID_ARGUMENT,
        fieldViolations: [{ field }],
      });
    }
    expect((await lookup({ caller: { tenant: "other" } })).verdict).toBe("CACHE_VERDICT_MISS");
  });

  it("refuses a life of nothing, and no answer at all", async () => {
    const { tickets } = await lookup();
    await expect(store(tickets, "x", { ttlSeconds: 0 })).rejects.toMatchObject({
      fieldViolations: [{ field: "ttl_seconds" }],
    });
    await expect(cache.client.store(StoreRequest.create({ tickets }))).rejects.toMatchObject({
      fieldViolations: [{ field: "answer.response" }],
    });
  });
});

describe("the cache's file", () => {
  /** What the file holds after a confidential answer, with what is not in it yet. */
  const fileAfter = async (settings: string) => {
    const other = await openTestCache(settings);
    const caller = { tenant: "acme", user: "ann.user" };
    await other.ask("Paris", { caller, idempotencyKey: "a-secret-key", sensitivity: "SENSITIVITY_CONFIDENTIAL" });
    const content = ["cache.db", "cache.db-wal"].map((name) => readFileSync(join(other.folder, name), "latin1"));
    await other.close();
    return content.join();
  };

  it("holds answers, but no prompt, user or idempotency key", async () => {
    const file = await fileAfter("{ semantic: { enabled: false } }");
    expect(file).toContain("Paris");
    for (const secret of ["capital", "ann.user", "a-secret-key"]) expect(file).not.toContain(secret);
  });

  it("holds the last turn too where requests are compared by meaning, and still no user or key", async () => {
    const file = await fileAfter("{}");
    for (const text of ["Paris", "capital"]) expect(file).toContain(text);
    for (const secret of ["ann.user", "a-secret-key"]) expect(file).not.toContain(secret);
  });
});

describe("a request to the cache", () => {
  it.each<[string, Asked]>([
    ["chat", { chat: undefined }],
    ["chat.model", { chat: chatRequest({ model: "" }) }],
    ["chat.messages", { chat: chatRequest({ messages: [] }) }],
    ["chat.messages[0].role", { chat: chatRequest({ messages: [{ role: "UNRECOGNIZED" }] }) }],
    ["caller.tenant", { caller: undefined }],
    ["caller.tenant", { caller: { tenant: "" } }],
    ["caller.tenant", { caller: { tenant: "\ud800" } }],
  ])("without a proper %s is refused by its name", async (field, fields) => {
    await expect(lookup(fields)).rejects.toMatchObject({
      code: Status.INVALID_ARGUMENT,
      reason: "INVALID_REQUEST",
      fieldViolations: [{ field }],
    });
  });
});
