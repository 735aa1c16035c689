import { ReportBadHitRequest } from "@switchyard/contracts/cache/v1/cache";
import { Status } from "@switchyard/rpc";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Asked, openTestCache, saying, type TestCache, textOf } from "./testing-cache.ts";

const startMs = 1_790_000_000_000;
let cache: TestCache;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: startMs });
  cache = await openTestCache("{ timeSensitiveTtlSeconds: 60, ttlSeconds: 1000 }");
});
afterEach(async () => {
  await cache.close();
  vi.useRealTimers();
});

const plain = "How do I reset my password?";
const plainToo = "Please tell me how I can reset my password";
const asking = (text: string, fields: Asked = {}): Asked => ({ chat: saying(text), ...fields });
const report = (entryId: string, tenant = "acme") =>
  cache.client.reportBadHit(ReportBadHitRequest.create({ caller: { tenant }, entryId }));

describe("a hit that was reported as wrong", () => {
  it("is given to nobody any more, and repeating the report is safe", async () => {
    await cache.ask("wrong", asking(plain));
    const { entryId } = await cache.lookup(asking(plainToo));
    expect(await report(entryId)).toEqual({ removed: true });
    expect(await report(entryId)).toEqual({ removed: false });
    for (const text of [plain, plainToo]) {
      expect((await cache.lookup(asking(text))).verdict).toBe("CACHE_VERDICT_MISS");
    }
  });

  it("that was exact is removed as well", async () => {
    await cache.ask("wrong", asking(plain));
    expect(await report((await cache.lookup(asking(plain))).entryId)).toEqual({ removed: true });
    expect((await cache.lookup(asking(plain))).verdict).toBe("CACHE_VERDICT_MISS");
  });

  it("leaves the answer alone that has taken its place since", async () => {
    await cache.ask("wrong", asking(plain));
    const { entryId } = await cache.lookup(asking(plain));
    vi.setSystemTime(startMs + 1);
    await cache.ask("right", asking(plain, { policy: "CACHE_POLICY_REFRESH" }));
    expect(await report(entryId)).toEqual({ removed: false });
    expect(textOf(await cache.lookup(asking(plain)))).toBe("right");
  });

  it("asks more of its like from then on, after a restart too, and less again after good hits", async () => {
    const settings = "{ semantic: { mode: cosine, minCosine: 0.6, falseHitBudget: 0.05 } }";
    const some = await openTestCache(settings);
    const near = asking("How can I reset my account password?");
    await some.ask("Under Settings.", asking(plain));
    const cosine = (await some.lookup(near)).likeness?.cosine ?? 0;
    expect(cosine).toBeGreaterThan(0.6);
    expect(cosine).toBeLessThan(0.98);
    // Wrong again and again in this partition, each time with another answer.
    for (let round = 1; round <= 30; round++) {
      vi.setSystemTime(startMs + round);
      await some.ask("wrong", asking(plain, { policy: "CACHE_POLICY_REFRESH" }));
      const { entryId } = await some.lookup(asking(plainToo));
      await some.client.reportBadHit(ReportBadHitRequest.create({ caller: { tenant: "acme" }, entryId }));
    }
    await some.ask("right", asking(plain));
    expect((await some.lookup(near)).verdict).toBe("CACHE_VERDICT_MISS");
    const again = await openTestCache(settings, { folder: some.folder });
    expect((await again.lookup(near)).verdict).toBe("CACHE_VERDICT_MISS");
    await again.close();
    // Elsewhere nothing has changed.
    await some.ask("x", asking(plain, { scope: "other" }));
    expect((await some.lookup({ ...near, scope: "other" })).verdict).toBe("CACHE_VERDICT_SEMANTIC_HIT");
    for (let hit = 0; hit < 600; hit++) {
      expect((await some.lookup(asking(plainToo))).verdict).toBe("CACHE_VERDICT_SEMANTIC_HIT");
    }
    expect((await some.lookup(near)).verdict).toBe("CACHE_VERDICT_SEMANTIC_HIT");
    await some.close();
  });

  it.each([
    ["of another tenant", (id: string) => id, "other"],
    ["of no tenant", (id: string) => id, ""],
    ["that is none", () => "", "acme"],
    ["of a changed name", (id: string) => id.replace("exact-", "replay-"), "acme"],
    ["with something behind", (id: string) => `${id}x`, "acme"],
  ])("is not known by an id %s", async (_what, change, tenant) => {
    await cache.ask("wrong", asking(plain));
    const { entryId } = await cache.lookup(asking(plainToo));
    await expect(report(change(entryId), tenant)).rejects.toMatchObject({ code: Status.INVALID_ARGUMENT });
    expect((await cache.lookup(asking(plain))).verdict).toBe("CACHE_VERDICT_EXACT_HIT");
  });
});

describe("invalidation", () => {
  const nothing = { tags: [], model: "", everything: false };

  it("removes by tag, and by the model that answered", async () => {
    await cache.ask("tagged", asking(plain, { tags: ["faq", "v1"] }));
    await cache.ask("plain", asking("What is a melon?"));
    expect(await cache.client.invalidate({ ...nothing, tenant: "acme", tags: ["v1", "other"] })).toEqual({
      removed: 1n,
    });
    expect((await cache.lookup(asking(plain))).verdict).toBe("CACHE_VERDICT_MISS");
    expect((await cache.lookup(asking(plainToo))).verdict).toBe("CACHE_VERDICT_MISS");
    expect(await cache.client.invalidate({ ...nothing, tenant: "acme", model: "other" })).toEqual({ removed: 0n });
    expect(await cache.client.invalidate({ ...nothing, tenant: "acme", model: "qwen3-8b" })).toEqual({ removed: 1n });
    expect((await cache.lookup(asking("What is a melon?"))).verdict).toBe("CACHE_VERDICT_MISS");
  });

  it("must say what to remove, of whom", async () => {
    for (const [request, field] of [
      [{ ...nothing, tenant: "acme" }, "everything"],
      [{ ...nothing, tenant: "", everything: true }, "tenant"],
    ] as const) {
      await expect(cache.client.invalidate({ ...request, tags: [] })).rejects.toMatchObject({
        fieldViolations: [{ field }],
      });
    }
  });

  it.each([[Array.from({ length: 17 }, () => "x")], [["x".repeat(129)]], [[""]], [["\ud800"]]])(
    "refuses tags that are none (%#)",
    async (tags) => {
      await expect(cache.lookup({ tags })).rejects.toMatchObject({ code: Status.INVALID_ARGUMENT });
    },
  );
});

describe("an answer about the moment", () => {
  it("lives shortly, by its words and by its meaning", async () => {
    await cache.ask("Sunny.", asking("What is the weather in Rome today?"));
    vi.setSystemTime(startMs + 59_999);
    expect((await cache.lookup(asking("What is the weather in Rome today?"))).verdict).toBe("CACHE_VERDICT_EXACT_HIT");
    vi.setSystemTime(startMs + 60_000);
    for (const text of ["What is the weather in Rome today?", "Tell me what the weather in Rome is today"]) {
      expect((await cache.lookup(asking(text))).verdict).toBe("CACHE_VERDICT_MISS");
    }
  });
});

describe("plain cosine", () => {
  it("serves by the cosine alone", async () => {
    const plainCosine = await openTestCache("{ semantic: { mode: cosine, minCosine: 0.5 } }");
    await plainCosine.ask("Under Settings.", asking(plain));
    const found = await plainCosine.lookup(asking(plainToo));
    expect(found.verdict).toBe("CACHE_VERDICT_SEMANTIC_HIT");
    expect(found.likeness?.probability).toBe(found.likeness?.cosine);
    await plainCosine.close();
  });

  it("is off where meaning is, of course", async () => {
    const exactOnly = await openTestCache("{ semantic: { enabled: false } }");
    expect((await exactOnly.ask("x", asking(plain))).tickets[0]?.meaning).toBeUndefined();
    expect((await exactOnly.lookup(asking(plainToo))).verdict).toBe("CACHE_VERDICT_MISS");
    await exactOnly.close();
  });
});
