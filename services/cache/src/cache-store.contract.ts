import { RpcError, Status } from "@switchyard/rpc";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cacheMeaningsContract } from "./cache-meanings.contract.ts";
import type { CacheStore } from "./ports.ts";
import { answer } from "./testing.ts";

/** One kind of store, as the contract suite needs it. */
export interface CacheStoreHarness {
  /** An empty store that keeps answers up to so many bytes. */
  open(options: { readonly maxEntryBytes: number }): Promise<CacheStore>;
  /** How many entries are kept, expired ones included. */
  count(): Promise<number>;
  /** How many vectors are kept in a partition, of expired entries included. */
  countMeanings(tenant: string, partition: string): Promise<number>;
  /** Overwrites every kept value with what `damage` makes of it. */
  damage(damage: (value: Buffer) => Buffer): Promise<void>;
  /** Makes every later call fail, as when the server is away or the file is gone. */
  breakDown(): Promise<void>;
  /** Lets go of everything, the store included. */
  close(): Promise<void>;
}

const startMs = 1_790_000_000_000;
const maxEntryBytes = 64 * 1024;

/** Registers what every {@link CacheStore} must do. */
export function cacheStoreContract(kind: string, harness: () => CacheStoreHarness): void {
  cacheMeaningsContract(kind, harness);
  describe(`the ${kind} cache store`, () => {
    let own: CacheStoreHarness;
    let store: CacheStore;

    beforeEach(async () => {
      own = harness();
      store = await own.open({ maxEntryBytes });
    });
    afterEach(() => own.close());

    const put = (tenant: string, name: string, text: string, ttlMs = 60_000, nowMs = startMs) =>
      store.put(tenant, [{ name, requestDigest: "", ttlMs }], { answer: answer(text), storedAtMs: nowMs }, nowMs);
    const get = async (tenant: string, name: string, nowMs = startMs) => (await store.get(tenant, [name], nowMs))[0];

    it("gives back what was kept, every field of it", async () => {
      const kept = answer("Paris. Ünï©ödé 🗼");
      const place = { name: "exact-a", requestDigest: "ZGlnZXN0", ttlMs: 60_000 };
      expect(await store.put("acme", [place], { answer: kept, storedAtMs: startMs - 5 }, startMs)).toBe(true);
      expect(await get("acme", "exact-a")).toEqual({
        answer: kept,
        storedAtMs: startMs - 5,
        requestDigest: "ZGlnZXN0",
      });
    });

    it("misses what was never kept", async () => {
      expect(await store.get("acme", ["exact-a", "exact-b"], startMs)).toEqual([undefined, undefined]);
    });

    it("answers for several names in their order", async () => {
      await put("acme", "exact-a", "a");
      await put("acme", "exact-c", "c");
      const found = await store.get("acme", ["exact-c", "exact-b", "exact-a"], startMs);
      expect(found.map((entry) => entry?.answer)).toEqual([answer("c"), undefined, answer("a")]);
    });

    it("keeps one answer at several places, each with its own life and digest", async () => {
      const places = [
        { name: "exact-a", requestDigest: "", ttlMs: 1_000 },
        { name: "replay-a", requestDigest: "ZGlnZXN0", ttlMs: 60_000 },
      ];
      await store.put("acme", places, { answer: answer("a"), storedAtMs: startMs }, startMs);
      expect((await get("acme", "exact-a"))?.requestDigest).toBe("");
      expect((await get("acme", "replay-a"))?.requestDigest).toBe("ZGlnZXN0");
      expect(await get("acme", "exact-a", startMs + 1_000)).toBeUndefined();
      expect(await get("acme", "replay-a", startMs + 1_000)).toBeDefined();
    });

    it("keeps tenants apart, however they are called", async () => {
      const tenants = ["acme", "acme:", "acme}", "{acme}", "a", "cme", "%", "acme:cache-1", "ACME"];
      for (const tenant of tenants) await put(tenant, "exact-a", `of ${tenant}`);
      for (const tenant of tenants) expect((await get(tenant, "exact-a"))?.answer).toEqual(answer(`of ${tenant}`));
      expect(await get("other", "exact-a")).toBeUndefined();
    });

    it("replaces what was there, with its life", async () => {
      await put("acme", "exact-a", "old", 1_000);
      await put("acme", "exact-a", "new", 10_000);
      expect((await get("acme", "exact-a", startMs + 5_000))?.answer).toEqual(answer("new"));
      expect(await own.count()).toBe(1);
    });

    it("forgets an answer at the end of its life, not before", async () => {
      await put("acme", "exact-a", "a", 1_000);
      expect(await get("acme", "exact-a", startMs + 999)).toBeDefined();
      expect(await get("acme", "exact-a", startMs + 1_000)).toBeUndefined();
      expect(await own.count()).toBe(0);
    });

    it("keeps no answer that is larger than allowed, and what was there stays", async () => {
      await put("acme", "exact-a", "small");
      expect(await put("acme", "exact-a", "x".repeat(maxEntryBytes))).toBe(false);
      expect((await get("acme", "exact-a"))?.answer).toEqual(answer("small"));
    });

    it.each([
      ["cut off", (value: Buffer) => value.subarray(0, value.length - 3)],
      ["empty", () => Buffer.alloc(0)],
      ["a stranger's", () => Buffer.from("no entry at all, but long enough to be one")],
      ["of another version", (value: Buffer) => Buffer.concat([Buffer.of(255), value.subarray(1)])],
      [
        "flipped in one bit",
        (value: Buffer) => value.map((byte, index) => (index === value.length - 2 ? byte ^ 1 : byte)),
      ],
    ])("takes an entry that is %s for a miss and removes it", async (_damage, damage) => {
      await put("acme", "exact-a", "a");
      await put("acme", "exact-b", "b");
      await own.damage((value) => Buffer.from(damage(value)));
      expect(await store.get("acme", ["exact-a", "exact-b"], startMs)).toEqual([undefined, undefined]);
      expect(await own.count()).toBe(0);
      await put("acme", "exact-a", "again");
      expect((await get("acme", "exact-a"))?.answer).toEqual(answer("again"));
    });

    it("hands out answers that are the reader's own", async () => {
      await put("acme", "exact-a", "a");
      const first = await get("acme", "exact-a");
      if (first) first.answer.response.choices.length = 0;
      expect((await get("acme", "exact-a"))?.answer).toEqual(answer("a"));
    });

    it("is ready while it can be reached, and UNAVAILABLE when not, without a word of the answer", async () => {
      expect(store.isReady()).toBe(true);
      await put("acme", "exact-a", "a");
      await own.breakDown();
      expect(store.isReady()).toBe(false);
      const faults = await Promise.all([
        get("acme", "exact-a").catch((error: unknown) => error),
        put("acme", "exact-a", "a secret answer").catch((error: unknown) => error),
      ]);
      for (const fault of faults) {
        expect(fault).toBeInstanceOf(RpcError);
        expect(fault).toMatchObject({ code: Status.UNAVAILABLE, reason: "SERVICE_UNAVAILABLE" });
        const cause = (fault as RpcError).cause as Error;
        expect(JSON.stringify({ ...cause, message: cause.message })).not.toContain("secret");
      }
    });
  });
}
