import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CacheStoreHarness } from "./cache-store.contract.ts";
import type { CacheStore, PlaceToFill } from "./ports.ts";
import { answer } from "./testing.ts";

const startMs = 1_790_000_000_000;
const dimensions = 16;

/** A vector of length one, by the components given. */
export function vectorOf(...components: readonly number[]): Float32Array {
  const vector = new Float32Array(dimensions);
  vector.set(components);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

/** A vector at so many degrees from {@link vectorOf}(1). */
const atDegrees = (degrees: number) => {
  const angle = (degrees / 180) * Math.PI;
  return vectorOf(Math.cos(angle), Math.sin(angle));
};
const cosineOf = (degrees: number) => Math.cos((degrees / 180) * Math.PI);

/** Registers what every {@link CacheStore} must do with meanings, tags and removals. */
export function cacheMeaningsContract(kind: string, harness: () => CacheStoreHarness): void {
  describe(`the ${kind} cache store, by meaning,`, () => {
    let own: CacheStoreHarness;
    let store: CacheStore;

    beforeEach(async () => {
      own = harness();
      store = await own.open({ maxEntryBytes: 64 * 1024 });
    });
    afterEach(() => own.close());

    interface Wish extends Partial<Omit<PlaceToFill, "meaning">> {
      readonly tenant?: string;
      readonly partition?: string;
      readonly vector?: Float32Array;
      readonly text?: string;
      readonly model?: string;
      readonly nowMs?: number;
    }
    const put = (name: string, wish: Wish = {}) => {
      const { tenant = "acme", partition = "p", vector, text = `text of ${name}`, model = "small", ...rest } = wish;
      const { nowMs = startMs, ...place } = rest;
      const meaning = vector && { partition, vector, text };
      const kept = { answer: { ...answer(name), model }, storedAtMs: nowMs };
      return store.put(tenant, [{ name, requestDigest: "", ttlMs: 60_000, meaning, ...place }], kept, nowMs);
    };
    const near = (
      vector = vectorOf(1),
      wish: { tenant?: string; partition?: string; nowMs?: number } = {},
      count = 8,
    ) => {
      const { tenant = "acme", partition = "p", nowMs = startMs } = wish;
      return store.nearest(tenant, { partition, vector }, count, nowMs);
    };
    const namesNear = async (...args: Parameters<typeof near>) => (await near(...args)).map(({ name }) => name);
    const has = async (name: string, tenant = "acme", nowMs = startMs) =>
      (await store.get(tenant, [name], nowMs))[0] !== undefined;

    it("finds the nearest first, with their cosines and texts", async () => {
      for (const degrees of [40, 10, 90, 0, 170]) await put(`at-${degrees}`, { vector: atDegrees(degrees) });
      const found = await near();
      expect(found.map(({ name }) => name)).toEqual(["at-0", "at-10", "at-40", "at-90", "at-170"]);
      for (const [index, degrees] of [0, 10, 40, 90, 170].entries()) {
        expect(found[index]?.cosine).toBeCloseTo(cosineOf(degrees), 1.5);
        expect(found[index]?.text).toBe(`text of at-${degrees}`);
      }
      expect(await namesNear(vectorOf(1), {}, 2)).toEqual(["at-0", "at-10"]);
    });

    it("finds nothing where nothing is kept, and nothing without a meaning", async () => {
      expect(await near()).toEqual([]);
      await put("plain");
      expect(await near()).toEqual([]);
    });

    it("keeps texts as they are", async () => {
      const texts = ["two\nlines", "", "Ünï©ödé 🗼", '"quoted" \\ {}', "x".repeat(4_000)];
      for (const [index, text] of texts.entries()) {
        await put(`n-${index}`, { text, vector: vectorOf(1), partition: `p-${index}` });
      }
      for (const [index, text] of texts.entries()) {
        expect(await near(vectorOf(1), { partition: `p-${index}` })).toMatchObject([{ name: `n-${index}`, text }]);
      }
    });

    it("never crosses partitions or tenants, however they are called", async () => {
      const places = [
        ["acme", "p"],
        ["acme", "p:q"],
        ["acme", "q"],
        ["acme:p", "q"],
        ["acme:p", ""],
        ["acm", "ep"],
        ["acme}", "p"],
        ["%", "p"],
        ["other", "p"],
      ] as const;
      for (const [tenant, partition] of places) {
        await put(`of ${partition}`, { tenant, partition, vector: vectorOf(1), text: `${tenant} ${partition}` });
      }
      for (const [tenant, partition] of places) {
        expect(await near(vectorOf(1), { tenant, partition })).toMatchObject([{ text: `${tenant} ${partition}` }]);
      }
      expect(await near(vectorOf(1), { tenant: "acme", partition: "" })).toEqual([]);
    });

    it("finds none whose life is over, however many of them are nearer", async () => {
      for (let index = 0; index < 30; index++)
        await put(`old-${index}`, { vector: atDegrees(index / 10), ttlMs: 1_000 });
      await put("young", { vector: atDegrees(30), ttlMs: 5_000 });
      expect(await namesNear(vectorOf(1), { nowMs: startMs + 999 })).toHaveLength(8);
      expect(await namesNear(vectorOf(1), { nowMs: startMs + 1_000 })).toEqual(["young"]);
      expect(await near(vectorOf(1), { nowMs: startMs + 5_000 })).toEqual([]);
    });

    it("sheds the vectors of what has expired as new answers come", async () => {
      for (let index = 0; index < 20; index++) await put(`old-${index}`, { vector: atDegrees(index), ttlMs: 1_000 });
      for (let index = 0; index < 20; index++) {
        await put(`new-${index}`, { vector: atDegrees(index), nowMs: startMs + 1_000 });
      }
      expect(await own.countMeanings("acme", "p")).toBeLessThan(30);
    });

    it("goes by what an entry means now", async () => {
      await put("moved", { vector: vectorOf(1), text: "first" });
      await put("moved", { vector: vectorOf(0, 1), text: "second" });
      expect(await near(vectorOf(0, 1))).toMatchObject([{ name: "moved", text: "second" }]);
      await put("moved", { vector: vectorOf(1), partition: "elsewhere" });
      expect(await near(vectorOf(0, 1))).toEqual([]);
      expect(await namesNear(vectorOf(1), { partition: "elsewhere" })).toEqual(["moved"]);
      await put("moved");
      expect(await near(vectorOf(1), { partition: "elsewhere" })).toEqual([]);
      expect(await has("moved")).toBe(true);
    });

    it("lets a life grow when an answer is kept again", async () => {
      await put("a", { vector: vectorOf(1), ttlMs: 1_000 });
      await put("a", { vector: vectorOf(1), ttlMs: 9_000 });
      expect(await namesNear(vectorOf(1), { nowMs: startMs + 5_000 })).toEqual(["a"]);
    });

    it("never compares vectors of other dimensions", async () => {
      await put("a", { vector: vectorOf(1) });
      expect(await near(new Float32Array([1, 0, 0, 0]))).toEqual([]);
      expect(await namesNear()).toEqual(["a"]);
    });

    it("keeps the larger of many partitions apart and complete", async () => {
      for (let index = 0; index < 60; index++) {
        await put(`n-${index}`, { vector: atDegrees(index), partition: `p-${index % 3}` });
      }
      for (const rest of [0, 1, 2]) {
        const found = await namesNear(vectorOf(1), { partition: `p-${rest}` }, 30);
        expect(found).toEqual(Array.from({ length: 20 }, (_, index) => `n-${3 * index + rest}`));
      }
    });

    it("removes one entry with its vector, and says whether it was there", async () => {
      await put("a", { vector: vectorOf(1) });
      await put("b", { vector: atDegrees(5) });
      expect(await store.remove("acme", "a")).toBe(true);
      expect(await store.remove("acme", "a")).toBe(false);
      expect(await store.remove("other", "b")).toBe(false);
      expect([await has("a"), await has("b")]).toEqual([false, true]);
      expect(await namesNear()).toEqual(["b"]);
      expect(await own.countMeanings("acme", "p")).toBe(1);
    });

    const fill = async () => {
      await put("red-small", { tags: ["red"], vector: atDegrees(1) });
      await put("red-large", { tags: ["red"], model: "large", vector: atDegrees(2) });
      await put("both-small", { tags: ["red", "blue", "red"], vector: atDegrees(3) });
      await put("blue-large", { tags: ["blue"], model: "large", partition: "q", vector: atDegrees(4) });
      await put("plain-small");
      await put("plain-small", { tenant: "other", tags: ["red"], vector: atDegrees(5) });
    };
    const left = async () => {
      const names = ["red-small", "red-large", "both-small", "blue-large", "plain-small"];
      const found = await store.get("acme", names, startMs);
      return names.filter((_, index) => found[index]);
    };

    it.each([
      ["by tag", { tags: ["red"], model: "" }, 3, ["blue-large", "plain-small"]],
      ["by any of several tags", { tags: ["blue", "red"], model: "" }, 4, ["plain-small"]],
      ["by a tag that none carries", { tags: ["re"], model: "" }, 0, "all"],
      ["by model", { tags: [], model: "large" }, 2, ["red-small", "both-small", "plain-small"]],
      [
        "by tag and model",
        { tags: ["red"], model: "large" },
        1,
        ["red-small", "both-small", "blue-large", "plain-small"],
      ],
      ["by a model that gave none", { tags: ["red"], model: "larg" }, 0, "all"],
      ["altogether", { tags: [], model: "" }, 5, []],
    ] as const)("removes %s, exactly, with the vectors", async (_way, removal, count, stay) => {
      await fill();
      const all = await left();
      expect(await store.removeAll("acme", removal)).toBe(count);
      const expected = stay === "all" ? all : stay;
      expect(await left()).toEqual(expected);
      const near = [...(await namesNear()), ...(await namesNear(vectorOf(1), { partition: "q" }))];
      expect(near).toEqual(expected.filter((name) => name !== "plain-small"));
      expect(await has("plain-small", "other")).toBe(true);
      expect(await namesNear(vectorOf(1), { tenant: "other" })).toEqual(["plain-small"]);
      expect(await store.removeAll("acme", removal)).toBe(0);
    });

    it("goes by the tags and the model that an entry has now", async () => {
      await put("a", { tags: ["old"], model: "large" });
      await put("a", { tags: ["new"] });
      expect(await store.removeAll("acme", { tags: ["old"], model: "" })).toBe(0);
      expect(await store.removeAll("acme", { tags: [], model: "large" })).toBe(0);
      expect(await store.removeAll("acme", { tags: ["new"], model: "small" })).toBe(1);
      expect(await has("a")).toBe(false);
    });

    it("tells tags and models from each other, whatever is written in them", async () => {
      const odd = ["a:b", "a", "{a}", "a b", "*", "ä", "a%3ab", "model:small"];
      for (const [index, tag] of odd.entries()) await put(`n-${index}`, { tags: [tag], model: tag });
      for (const tag of odd.toReversed()) expect(await store.removeAll("acme", { tags: [tag], model: tag })).toBe(1);
      expect(await own.count()).toBe(0);
    });

    it("removes more than one step takes, and passes over what stays", async () => {
      for (let index = 0; index < 450; index++) {
        await put(`n-${index}`, { tags: ["all"], model: index % 3 === 0 ? "large" : "small" });
      }
      expect(await store.removeAll("acme", { tags: ["all"], model: "large" })).toBe(150);
      expect(await own.count()).toBe(300);
      expect(await store.removeAll("acme", { tags: ["all"], model: "" })).toBe(300);
      expect(await own.count()).toBe(0);
    });

    it("never brings back what was removed while it was kept", async () => {
      for (let round = 0; round < 20; round++) {
        const work: Promise<unknown>[] = [];
        for (let index = 0; index < 10; index++) {
          work.push(put(`n-${index}`, { tags: ["t"], vector: atDegrees(index) }));
          if (index % 3 === round % 3) work.push(store.removeAll("acme", { tags: ["t"], model: "" }));
        }
        await Promise.all(work);
        await store.removeAll("acme", { tags: ["t"], model: "" });
        expect(await own.count()).toBe(0);
        const found = await namesNear();
        expect(await store.get("acme", [...found, "n-0"], startMs)).toEqual(
          new Array(found.length + 1).fill(undefined),
        );
        expect(await near()).toEqual([]);
      }
    });

    it("is UNAVAILABLE for searches and removals while it cannot be reached, without a word of the text", async () => {
      await put("a", { vector: vectorOf(1) });
      await own.breakDown();
      const unavailable = { name: "RpcError", reason: "SERVICE_UNAVAILABLE" };
      await expect(near()).rejects.toMatchObject(unavailable);
      await expect(store.remove("acme", "a")).rejects.toMatchObject(unavailable);
      await expect(store.removeAll("acme", { tags: [], model: "" })).rejects.toMatchObject(unavailable);
      const fault = await put("b", { vector: vectorOf(1), text: "a secret" }).catch((error: unknown) => error);
      const cause = (fault as Error).cause as Error;
      expect(JSON.stringify({ ...cause, message: cause.message })).not.toContain("secret");
    });
  });
}
