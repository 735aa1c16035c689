import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { connectRedis, untilReady } from "@switchyard/redis";
import { startRedis } from "@switchyard/redis/testing";
import type { CacheStore } from "@switchyard/service-cache/ports";
import { createRedisCacheStore } from "@switchyard/service-cache/redis-cache-store";
import { createSqliteCacheStore } from "@switchyard/service-cache/sqlite-cache-store";
import { answer } from "@switchyard/service-cache/testing";
import { type Measured, underLoad } from "../budget/measure.ts";
import { exactNearest, recallAt } from "./exact-search.ts";
import { asked, numbers, type Question, questions } from "./questions.ts";

/** One kind of request: alone, and with many in flight. */
export interface PathReport {
  readonly p50Us: number;
  readonly p99Us: number;
  readonly perSecond: number;
}

export interface SizeReport {
  readonly entries: number;
  /** Of one writer after another's first, 16 in flight. */
  readonly putsPerSecond: number;
  readonly exactHit: PathReport;
  readonly semanticHit: PathReport;
  readonly miss: PathReport;
  readonly recallAt1: number;
  readonly recallAt8: number;
}

export interface CacheReport {
  readonly redis: readonly SizeReport[];
  readonly sqlite: readonly SizeReport[];
}

export interface BenchOptions {
  readonly entries: readonly number[];
  readonly stores: readonly ("redis" | "sqlite")[];
  readonly roundMs: number;
  /** Calls in flight at once for the throughput. */
  readonly callers: number;
  readonly onProgress: (line: string) => void;
}

interface OpenStore {
  readonly store: CacheStore;
  close(): Promise<void>;
}

const tenant = "acme";
const partition = "bench";
const neighbours = 8;
const nowMs = 1_790_000_000_000;
const ttlMs = 86_400_000;
const text =
  "You can do this in the settings of your account. Open them, choose what is to be changed, and confirm. ".repeat(4);

/**
 * What a request costs the stores, by the service's own adapters in this process, with all entries in one partition, the
 * hardest case. An exact hit is one `get`; a semantic hit a `get` that misses, a search, and a `get` of the nearest; a miss
 * a `get` and a search that lead to nothing. What the service does around it (hashes, embedding, verification) is not in it.
 */
export async function runBench(options: BenchOptions): Promise<CacheReport> {
  const open = { redis: openRedis, sqlite: openSqlite };
  const reports: Record<"redis" | "sqlite", SizeReport[]> = { redis: [], sqlite: [] };
  for (const kind of options.stores) {
    const { store, close } = await open[kind]();
    try {
      let filled = 0;
      for (const entries of options.entries.toSorted((one, other) => one - other)) {
        const putsPerSecond = await fill(store, filled, entries, options);
        filled = entries;
        options.onProgress(`${kind}: ${entries} entries, ${putsPerSecond} puts a second`);
        const report = { entries, putsPerSecond, ...(await measure(store, entries, options)) };
        options.onProgress(`${kind}: ${JSON.stringify(report)}`);
        reports[kind].push(report);
      }
    } finally {
      await close();
    }
  }
  return reports;
}

async function openRedis(): Promise<OpenStore> {
  const server = await startRedis();
  const redis = connectRedis({ url: server.url, commandTimeoutMs: 60_000, onError: () => undefined });
  if (!(await untilReady(redis, 10_000))) throw new Error("the Redis to measure with cannot be reached");
  const store = createRedisCacheStore(redis, { maxEntryBytes: 1_000_000 });
  return {
    store,
    async close() {
      await store.close();
      await server.stop();
    },
  };
}

async function openSqlite(): Promise<OpenStore> {
  const folder = mkdtempSync(join(tmpdir(), "switchyard-bench-"));
  const path = join(folder, "cache.db");
  const store = createSqliteCacheStore({
    path,
    maxEntryBytes: 1_000_000,
    maxBytes: 2 ** 36,
    onReplaced: () => undefined,
  });
  return {
    store,
    async close() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const asking = questions();
const nameOf = (index: number) => `exact-${index}`;
const indexOf = (name: string) => Number(name.slice("exact-".length));

async function fill(
  store: CacheStore,
  from: number,
  to: number,
  { callers, onProgress }: BenchOptions,
): Promise<number> {
  const begin = performance.now();
  let next = from;
  const writer = async () => {
    while (next < to) {
      const index = next++;
      const meaning = { partition, ...asking.at(index) };
      const place = { name: nameOf(index), requestDigest: "", ttlMs, meaning, tags: [`tag-${index % 100}`] };
      await store.put(tenant, [place], { answer: answer(text), storedAtMs: nowMs }, nowMs);
      if (index % 1_000 === 0) await nextTurn();
      if (index % 100_000 === 99_999) onProgress(`${index + 1} written`);
    }
  };
  await Promise.all(Array.from({ length: callers }, writer));
  return Math.round((to - from) / ((performance.now() - begin) / 1_000));
}

const wantedQueries = 1_000;

async function measure(
  store: CacheStore,
  entries: number,
  options: BenchOptions,
): Promise<Omit<SizeReport, "entries" | "putsPerSecond">> {
  const next = numbers(entries);
  const known = Array.from({ length: wantedQueries }, () => Math.floor(next() * entries));
  const similar = known.map((index) => asked(asking.at(index), index));
  const strange = known.map((_, at) => asked({ text: "", vector: strangeVector(at) }, at));
  const of = <T>(values: readonly T[], index: number) => values[index % values.length] as T;
  const near = (question: Question) => store.nearest(tenant, { partition, vector: question.vector }, neighbours, nowMs);

  const exactHit = async (index: number) => {
    const [entry] = await store.get(tenant, [nameOf(of(known, index))], nowMs);
    if (!entry) throw new Error("an entry that was kept was not found");
  };
  const miss = async (index: number) => {
    await store.get(tenant, [`exact-none-${index}`], nowMs);
    await near(of(strange, index));
  };
  const semanticHit = async (index: number) => {
    await store.get(tenant, [`exact-none-${index}`], nowMs);
    const [nearest] = await near(of(similar, index));
    if (nearest) await store.get(tenant, [nearest.name], nowMs);
  };
  const paths = {
    exactHit: await measurePath(exactHit, options),
    semanticHit: await measurePath(semanticHit, options),
    miss: await measurePath(miss, options),
  };

  const sampled = similar.slice(0, entries > 200_000 ? 100 : 300);
  const found: number[][] = [];
  for (const question of sampled) found.push((await near(question)).map(({ name }) => indexOf(name)));
  const wanted = sampled.map(({ vector }) => vector);
  const exact = exactNearest(wanted, (index) => asking.at(index).vector, entries, neighbours);
  return {
    ...paths,
    recallAt1: rounded(recallAt(1, found, exact)),
    recallAt8: rounded(recallAt(neighbours, found, exact)),
  };
}

/** A question about something else altogether: a direction of its own. */
function strangeVector(seed: number): Float32Array {
  const next = numbers(1_000_000_000 + seed);
  const vector = Float32Array.from({ length: asking.dimensions }, () => next() - 0.5);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

async function measurePath(
  call: (index: number) => Promise<unknown>,
  { roundMs, callers }: BenchOptions,
): Promise<PathReport> {
  await underLoad(1, roundMs / 4, call);
  const alone: Measured = await underLoad(1, roundMs, call);
  const together = await underLoad(callers, roundMs, call);
  return {
    p50Us: Math.round(alone.p50Us),
    p99Us: Math.round(alone.p99Us),
    perSecond: Math.round(together.perSecond),
  };
}

const rounded = (share: number) => Math.round(share * 10_000) / 10_000;
