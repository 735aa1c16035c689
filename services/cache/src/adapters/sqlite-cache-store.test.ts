import { statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cacheStoreContract } from "../cache-store.contract.ts";
import type { CacheStore } from "../ports.ts";
import { answer } from "../testing.ts";
import { createSqliteCacheStore } from "./sqlite-cache-store.ts";

const startMs = 1_790_000_000_000;

let folder: string;
let path: string;
let replaced: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cache-"));
  path = join(folder, "data", "cache.db");
  replaced = [];
});
afterEach(() => rm(folder, { recursive: true }));

const open = (options: { maxEntryBytes?: number; maxBytes?: number } = {}) =>
  createSqliteCacheStore({
    path,
    maxEntryBytes: 1_000_000,
    maxBytes: 100_000_000,
    onReplaced: (reason) => replaced.push(reason),
    ...options,
  });

function withFile<T>(work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path);
  try {
    return work(database);
  } finally {
    database.close();
  }
}

cacheStoreContract("sqlite", () => {
  let store: CacheStore;
  return {
    open: async (options) => {
      store = open(options);
      return store;
    },
    count: async () => withFile((file) => (file.prepare("SELECT count(*) AS n FROM entry").get() as { n: number }).n),
    countMeanings: async (tenant, partition) =>
      withFile((file) => {
        const query = file.prepare("SELECT count(*) AS n FROM meaning WHERE tenant = ? AND partition = ?");
        return (query.get(tenant, partition) as { n: number }).n;
      }),
    damage: async (damage) =>
      withFile((file) => {
        const write = file.prepare("UPDATE entry SET value = ? WHERE id = ?");
        for (const row of file.prepare("SELECT id, value FROM entry").all()) {
          write.run(damage(Buffer.from(row.value as Uint8Array)), row.id as number);
        }
      }),
    breakDown: () => store.close(),
    close: () => store.close(),
  };
});

describe("the sqlite cache store's file", () => {
  const put = (store: CacheStore, name: string, text: string, nowMs = startMs, ttlMs = 86_400_000) =>
    store.put("acme", [{ name, requestDigest: "", ttlMs }], { answer: answer(text), storedAtMs: nowMs }, nowMs);
  const has = async (store: CacheStore, name: string, nowMs = startMs) =>
    (await store.get("acme", [name], nowMs))[0] !== undefined;
  const names = () =>
    withFile((file) =>
      file
        .prepare("SELECT name FROM entry ORDER BY name")
        .all()
        .map((row) => row.name),
    );

  it("holds what is asked for while it still waits to be written with others", async () => {
    const store = open();
    const putting = put(store, "a", "kept");
    expect(await has(store, "a")).toBe(true);
    expect(await putting).toBe(true);
    await store.close();
  });

  it("outlives the store", async () => {
    const first = open();
    await put(first, "a", "kept");
    await first.close();
    const second = open();
    expect((await second.get("acme", ["a"], startMs))[0]?.answer).toEqual(answer("kept"));
    await second.close();
    expect(replaced).toEqual([]);
  });

  it("is readable by its owner alone", async () => {
    await open().close();
    expect(statSync(join(folder, "data")).mode & 0o077).toBe(0);
    expect(statSync(path).mode & 0o077).toBe(0);
  });

  it("stays within its bound and loses what was used longest ago", async () => {
    const minute = 60_000;
    const store = open({ maxBytes: 12_000 });
    for (const [index, name] of ["a", "b", "c"].entries()) await put(store, name, "x".repeat(3_000), startMs + index);
    // Used later than b and c were written.
    expect(await has(store, "a", startMs + 2 * minute)).toBe(true);
    await put(store, "d", "x".repeat(3_000), startMs + 3 * minute);
    await put(store, "e", "x".repeat(3_000), startMs + 4 * minute);
    expect(names()).toEqual(["a", "d", "e"]);
    await store.close();
  });

  it("remembers uses and size beyond its own end", async () => {
    const minute = 60_000;
    const first = open({ maxBytes: 12_000 });
    for (const [index, name] of ["a", "b", "c"].entries()) await put(first, name, "x".repeat(3_000), startMs + index);
    await has(first, "a", startMs + 2 * minute);
    await first.close();
    const second = open({ maxBytes: 12_000 });
    await put(second, "d", "x".repeat(3_000), startMs + 3 * minute);
    await second.close();
    expect(names()).toEqual(["a", "c", "d"]);
  });

  it("does not grow when the same answers are kept again", async () => {
    const store = open({ maxBytes: 12_000 });
    await put(store, "other", "x".repeat(3_000), startMs);
    for (let time = 1; time <= 50; time++) await put(store, "a", "x".repeat(3_000), startMs + time);
    expect(names()).toEqual(["a", "other"]);
    await store.close();
  });

  it("sheds what has expired as new answers come", async () => {
    const store = open();
    for (let index = 0; index < 20; index++) await put(store, `old-${index}`, "x", startMs, 1_000);
    for (let index = 0; index < 5; index++) await put(store, `new-${index}`, "x", startMs + 1_000);
    expect(names()).toEqual(["new-0", "new-1", "new-2", "new-3", "new-4"]);
    await store.close();
  });

  it("keeps no answer that alone would fill it", async () => {
    const store = open({ maxBytes: 10_000 });
    await put(store, "a", "small");
    expect(await put(store, "b", "x".repeat(10_000))).toBe(false);
    expect(names()).toEqual(["a"]);
    await store.close();
  });

  const vectorAt = (place: number) => Float32Array.from({ length: 64 }, (_, index) => (index === place % 64 ? 1 : 0));
  const putMeaning = (store: CacheStore, name: string, place: number, nowMs = startMs, size = 1) => {
    const meaning = { partition: "p", vector: vectorAt(place), text: name };
    const places = [{ name, requestDigest: "", ttlMs: 86_400_000, meaning }];
    return store.put("acme", places, { answer: answer("x".repeat(size)), storedAtMs: nowMs }, nowMs);
  };
  const namesNear = async (store: CacheStore, place: number, count = 1) => {
    const near = await store.nearest("acme", { partition: "p", vector: vectorAt(place) }, count, startMs);
    return near.map(({ name }) => name);
  };

  it("outlives the store with what its answers mean", async () => {
    const first = open();
    for (let place = 0; place < 20; place++) await putMeaning(first, `n-${place}`, place);
    await first.remove("acme", "n-3");
    await first.close();
    const second = open();
    expect(await namesNear(second, 5)).toEqual(["n-5"]);
    expect(await namesNear(second, 3, 30)).toHaveLength(19);
    await second.close();
  });

  it("takes the vectors of what must go out of the index", async () => {
    const store = open({ maxBytes: 12_000 });
    for (let place = 0; place < 10; place++) {
      await putMeaning(store, `n-${place}`, place, startMs + place, 3_000);
      expect(await namesNear(store, place)).toEqual([`n-${place}`]);
    }
    expect(names()).toEqual(["n-7", "n-8", "n-9"]);
    expect((await namesNear(store, 0, 30)).toSorted()).toEqual(["n-7", "n-8", "n-9"]);
    await store.close();
  });

  it("never names another tenant's entry that got the id of one that was removed during a search", async () => {
    const store = open();
    // So long that a search takes two turns.
    const longVector = (place: number) => {
      const vector = new Float32Array(16_384);
      vector[place] = 1;
      return vector;
    };
    const putLong = (tenant: string, name: string, place: number) => {
      const meaning = { partition: "p", vector: longVector(place), text: `${name} of ${tenant}` };
      const places = [{ name, requestDigest: "", ttlMs: 86_400_000, meaning }];
      return store.put(tenant, places, { answer: answer(name), storedAtMs: startMs }, startMs);
    };
    const search = () => store.nearest("acme", { partition: "p", vector: longVector(599) }, 1, startMs);
    for (let place = 0; place < 600; place++) await putLong("acme", `n-${place}`, place);
    expect(await search()).toMatchObject([{ name: "n-599" }]);
    // The last row takes the place of the first, and is looked at in the first turn.
    await store.remove("acme", "n-0");
    const searching = search();
    await Promise.resolve().then(() => undefined);
    await store.remove("acme", "n-599");
    await putLong("other", "other", 599);
    const ids = withFile((file) => file.prepare("SELECT id FROM entry WHERE tenant = 'other'").all());
    expect(ids).toEqual([{ id: 600 }]);
    expect(await searching).toEqual([]);
    await store.close();
  });

  it("is searched rightly although answers come and go while it is read", async () => {
    const first = open();
    const work: Promise<unknown>[] = [];
    for (let index = 0; index < 4_500; index++) work.push(putMeaning(first, `n-${index}`, 0));
    await Promise.all(work);
    await first.close();
    const second = open();
    const searches = [namesNear(second, 0, 5_000), namesNear(second, 0, 5_000)];
    const putting = putMeaning(second, "new", 0);
    for (const name of ["n-1", "n-3000", "n-4499"]) await second.remove("acme", name);
    await putting;
    const [found = [], again = []] = await Promise.all(searches);
    expect(found.toSorted()).toEqual(again.toSorted());
    expect(new Set(found).size).toBe(4_498);
    expect(found).not.toContain("n-3000");
    expect(found).toContain("new");
    await second.close();
  });

  it("is replaced when it is damaged", async () => {
    await open().close();
    writeFileSync(path, "this is no database, however long it may be".repeat(100));
    const store = open();
    await put(store, "a", "new");
    expect(await has(store, "a")).toBe(true);
    await store.close();
    expect(replaced).toEqual(["the file is damaged"]);
  });

  it("is replaced when it is of another schema", async () => {
    await open().close();
    withFile((file) => file.exec("PRAGMA user_version = 99"));
    const store = open();
    expect(await put(store, "a", "new")).toBe(true);
    await store.close();
    expect(replaced).toEqual(["its schema is another version"]);
  });
});
