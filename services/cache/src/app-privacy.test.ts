import { StoreRequest, type StoreTicket } from "@switchyard/contracts/cache/v1/cache";
import { Status } from "@switchyard/rpc";
import { afterEach, describe, expect, it } from "vitest";
import { answer } from "./testing.ts";
import { type Asked, openTestCache, saying, type TestCache, textOf } from "./testing-cache.ts";

let cache: TestCache;
const open = async (settings = "{}") => {
  cache = await openTestCache(settings);
  return cache;
};
afterEach(() => cache.close());

const by = (user: string, tenant = "acme"): Asked => ({ caller: { tenant, user } });
const personal = "Where is the parcel of ann@example.com?";
const personalToo = "Please tell me where the parcel of ann@example.com is";
const plain = "How do I reset my password?";
const plainToo = "Please tell me how I can reset my password";

describe("a request with personal data", () => {
  it("is answered again for its user only, by its words and by its meaning", async () => {
    const { ask, lookup } = await open();
    await ask("In Rome.", { chat: saying(personal), ...by("ann") });
    expect(textOf(await lookup({ chat: saying(personal), ...by("ann") }))).toBe("In Rome.");
    expect((await lookup({ chat: saying(personalToo), ...by("ann") })).verdict).toBe("CACHE_VERDICT_SEMANTIC_HIT");
    for (const other of [by("bob"), by("ann", "other")]) {
      for (const text of [personal, personalToo]) {
        expect(await lookup({ chat: saying(text), ...other })).toMatchObject({
          verdict: "CACHE_VERDICT_MISS",
          answer: undefined,
        });
      }
    }
  });

  it("of nobody is kept nowhere, but under its idempotency key", async () => {
    const { lookup } = await open();
    expect(await lookup({ chat: saying(personal), ...by("") })).toMatchObject({
      verdict: "CACHE_VERDICT_BYPASS",
      tickets: [],
    });
    const { tickets } = await lookup({ chat: saying(personal), ...by(""), idempotencyKey: "k" });
    expect(tickets.map(({ key }) => key.split("-")[0])).toEqual(["replay"]);
  });

  it("is kept nowhere at all where the policy says so", async () => {
    const { lookup } = await open("{ personalData: none }");
    expect(await lookup({ chat: saying(personal), idempotencyKey: "k" })).toMatchObject({
      verdict: "CACHE_VERDICT_BYPASS",
      tickets: [],
    });
  });
});

describe("an answer with personal data", () => {
  const leaking = "Ask ann@example.com, she knows.";

  it("is kept for its user only, though the request could be shared", async () => {
    const { ask, lookup } = await open();
    await ask(leaking, { chat: saying(plain), ...by("ann") });
    expect(textOf(await lookup({ chat: saying(plain), ...by("ann") }))).toBe(leaking);
    for (const text of [plain, plainToo]) {
      expect((await lookup({ chat: saying(text), ...by("bob") })).verdict).toBe("CACHE_VERDICT_MISS");
    }
  });

  it("of nobody, or where the policy says so, is kept nowhere", async () => {
    const { lookup, store } = await open();
    const { tickets } = await lookup({ chat: saying(plain), ...by("") });
    expect(await store(tickets, leaking)).toEqual({ stored: false, reason: "personal_data" });
    await cache.close();
    await open("{ personalData: none }");
    const strict = await cache.lookup({ chat: saying(plain), idempotencyKey: "k" });
    expect(await cache.store(strict.tickets, leaking)).toEqual({ stored: false, reason: "personal_data" });
  });

  it("is found in the arguments of a tool call too", async () => {
    const { client, lookup } = await open();
    const { tickets } = await lookup({ chat: saying(plain), ...by("") });
    const calling = answer("");
    const message = calling.response.choices[0]?.message;
    message?.toolCalls.push({ id: "c", name: "mail", arguments: '{"to":"ann@example.com"}', extraJson: "" });
    const stored = await client.store(StoreRequest.create({ tickets, answer: calling }));
    expect(stored).toEqual({ stored: false, reason: "personal_data" });
  });
});

describe("sensitivity classes", () => {
  const classes = ["PUBLIC", "INTERNAL", "CONFIDENTIAL", "RESTRICTED"] as const;

  it("never mix, by words or by meaning, and what is restricted is not kept", async () => {
    const { ask, lookup } = await open();
    for (const stored of classes) await ask(stored, { chat: saying(plain), sensitivity: `SENSITIVITY_${stored}` });
    for (const asked of classes) {
      const sensitivity = `SENSITIVITY_${asked}` as const;
      for (const text of [plain, plainToo]) {
        const found = textOf(await lookup({ chat: saying(text), sensitivity }));
        expect(found).toBe(asked === "RESTRICTED" ? undefined : asked);
      }
    }
  });

  it("keep what is confidential to its user by meaning too", async () => {
    const { ask, lookup } = await open();
    const sensitivity = "SENSITIVITY_CONFIDENTIAL" as const;
    await ask("for ann", { chat: saying(plain), sensitivity, ...by("ann") });
    expect(textOf(await lookup({ chat: saying(plainToo), sensitivity, ...by("ann") }))).toBe("for ann");
    expect(textOf(await lookup({ chat: saying(plainToo), sensitivity, ...by("bob") }))).toBeUndefined();
  });
});

describe("a sharing group", () => {
  const settings = "{ sharingGroups: { retail: [acme, bolt], bank: [coin, dime] } }";
  const asking = (tenant: string, text: string, fields: Asked = {}): Asked => ({
    chat: saying(text),
    ...by("ann", tenant),
    ...fields,
  });

  it("shares among its tenants, by words and by meaning, and with nobody else", async () => {
    const { ask, lookup } = await open(settings);
    await ask("Under Settings.", asking("acme", plain));
    expect((await lookup(asking("bolt", plain))).verdict).toBe("CACHE_VERDICT_EXACT_HIT");
    expect((await lookup(asking("bolt", plainToo))).verdict).toBe("CACHE_VERDICT_SEMANTIC_HIT");
    for (const tenant of ["coin", "zinc", "retail", "@group:retail", "@tenant:acme"]) {
      expect((await lookup(asking(tenant, plain))).verdict).toBe("CACHE_VERDICT_MISS");
      expect((await lookup(asking(tenant, plainToo))).verdict).toBe("CACHE_VERDICT_MISS");
    }
  });

  it("shares nothing confidential, nothing personal and no idempotency key", async () => {
    const { ask, lookup } = await open(settings);
    const confidential: Asked = { sensitivity: "SENSITIVITY_CONFIDENTIAL" };
    await ask("secret", asking("acme", plain, confidential));
    await ask("In Rome.", asking("acme", personal));
    await ask("Ask ann@example.com.", asking("acme", "Who knows the way?"));
    await ask("mine", asking("acme", "What is mine?", { idempotencyKey: "k" }));
    expect((await lookup(asking("bolt", plain, confidential))).verdict).toBe("CACHE_VERDICT_MISS");
    expect((await lookup(asking("bolt", personal))).verdict).toBe("CACHE_VERDICT_MISS");
    expect((await lookup(asking("bolt", "Who knows the way?"))).verdict).toBe("CACHE_VERDICT_MISS");
    expect((await lookup(asking("bolt", "What is yours?", { idempotencyKey: "k" }))).verdict).toBe(
      "CACHE_VERDICT_MISS",
    );
    expect((await lookup(asking("acme", "Who knows the way?"))).verdict).toBe("CACHE_VERDICT_EXACT_HIT");
  });

  it("is emptied by each of its tenants, and a tenant's own entries by nobody else", async () => {
    const { ask, lookup, client } = await open(settings);
    await ask("Under Settings.", asking("acme", plain));
    await ask("In Rome.", asking("acme", personal));
    const everything = { tags: [], model: "", everything: true };
    expect(await client.invalidate({ tenant: "coin", ...everything })).toEqual({ removed: 0n });
    expect(await client.invalidate({ tenant: "@group:retail", ...everything })).toEqual({ removed: 0n });
    expect((await lookup(asking("acme", plain))).verdict).toBe("CACHE_VERDICT_EXACT_HIT");
    expect(await client.invalidate({ tenant: "bolt", ...everything })).toEqual({ removed: 1n });
    expect((await lookup(asking("acme", plain))).verdict).toBe("CACHE_VERDICT_MISS");
    expect((await lookup(asking("acme", personal))).verdict).toBe("CACHE_VERDICT_EXACT_HIT");
  });
});

describe("a ticket that was tampered with", () => {
  const refused = (tickets: StoreTicket[], field: string) =>
    expect(cache.store(tickets, "poison")).rejects.toMatchObject({
      code: Status.INVALID_ARGUMENT,
      fieldViolations: [{ field }],
    });
  const ticketOf = async (fields: Asked) =>
    (await cache.lookup(fields)).tickets[0] as StoreTicket & { meaning: object };

  it("cannot carry its answer to another tenant, user, text or partition", async () => {
    await open();
    const victim = { chat: saying(plain), ...by("ann", "other") };
    const mine = await ticketOf({ chat: saying(plain) });
    const theirs = await ticketOf(victim);
    await refused([{ ...mine, key: theirs.key }], "tickets[0].meaning");
    await refused([{ ...mine, meaning: theirs.meaning }], "tickets[0].meaning");
    await refused([{ ...mine, meaning: { ...mine.meaning, text: plainToo } }], "tickets[0].meaning");
    const { partition } = mine.meaning;
    for (const hostile of ["", "*", "{other}", theirs.meaning.partition, `x${partition.slice(1)}`]) {
      await refused([{ ...mine, meaning: { ...mine.meaning, partition: hostile } }], "tickets[0].meaning");
    }
    for (const text of [plain, plainToo]) {
      expect(await cache.lookup({ chat: saying(text), ...by("ann", "other") })).toMatchObject({ answer: undefined });
    }
  });

  it("is found by its own words only where its vector or its partition's end is none of ours", async () => {
    await open();
    const mine = await ticketOf({ chat: saying(plain) });
    const { partition } = mine.meaning;
    const vectors = [new Uint8Array(), new Uint8Array(768), new Uint8Array(768).fill(255)];
    const meanings = [
      ...vectors.map((vector) => ({ ...mine.meaning, vector })),
      { ...mine.meaning, partition: `${partition.slice(0, 43)}:{other}` },
      { ...mine.meaning, partition: `${partition}x` },
    ];
    for (const meaning of meanings) {
      await cache.store([{ ...mine, meaning }], "poison");
      expect((await cache.lookup({ chat: saying(plain) })).verdict).toBe("CACHE_VERDICT_EXACT_HIT");
      expect((await cache.lookup({ chat: saying(plainToo) })).verdict).toBe("CACHE_VERDICT_MISS");
    }
    await refused([{ ...mine, meaning: { ...mine.meaning, vector: new Uint8Array(3) } }], "tickets[0].meaning");
  });

  it("cannot turn an idempotency key into a shared answer", async () => {
    await open();
    const { tickets } = await cache.lookup({ chat: saying(plain), idempotencyKey: "k" });
    const [shared, replay] = tickets as [StoreTicket, StoreTicket];
    await refused([{ ...replay, meaning: shared.meaning }], "tickets[0].meaning");
    await refused([{ ...replay, key: replay.key.replace("replay-", "exact-") }], "tickets[0].request_digest");
  });
});

describe("what is not whole", () => {
  it.each(["length", "content_filter", "", "error"])(
    "is never found by its meaning: ended with %j",
    async (finishReason) => {
      const { lookup, store } = await open();
      const { tickets } = await lookup({ chat: saying(plain), idempotencyKey: "k" });
      await store(tickets, "cut", { finishReason });
      expect((await lookup({ chat: saying(plainToo) })).verdict).toBe("CACHE_VERDICT_MISS");
      expect((await lookup({ chat: saying(plain) })).verdict).toBe("CACHE_VERDICT_MISS");
    },
  );

  it("may be shared where it ended at its token limit and that is asked for", async () => {
    const { lookup, store } = await open("{ storeTruncated: true }");
    const { tickets } = await lookup({ chat: saying(plain) });
    expect(await store(tickets, "cut", { finishReason: "length" })).toEqual({ stored: true, reason: "" });
    expect((await lookup({ chat: saying(plainToo) })).verdict).toBe("CACHE_VERDICT_SEMANTIC_HIT");
    expect(await store(tickets, "cut", { finishReason: "content_filter" })).toMatchObject({ stored: false });
  });
});
