import { closeRedis, keyPart, type RedisClient, tenantKey, withoutCommand } from "@switchyard/redis";
import type { CacheStore, Entry, PlaceToFill, Removal } from "../ports.ts";
import { codecVersion, decodeEntry, encodeAnswer, encodeEntry } from "./entry-codec.ts";
import { scripts } from "./redis-cache-scripts.ts";
import { elementOf, partitionPart, redisVectors, vectorsKey } from "./redis-vectors.ts";
import { storeUnavailable } from "./store-unavailable.ts";

/** Names that one step of a removal looks at, so that its script does not hold up requests. */
const removedAtOnce = 200;

/** Neighbours that were handed out lately, so that those without an entry can leave their set. */
const remembered = 1_024;

/** What an entry notes of itself, as the scripts read it. */
interface Mark {
  /** Model and tags, as they stand in keys. */
  readonly m: string;
  readonly t: readonly string[];
  /** Partition, as it stands in keys, and the element there. */
  readonly p?: string;
  readonly e?: string;
}

/**
 * Keeps answers in Redis, shared by all replicas, under `switchyard:{tenant}:cache-VERSION`; their vectors stand in slots of
 * their own. Redis removes what has expired; its `maxmemory` bounds the whole (policy `allkeys-lru` or `volatile-lru`). Owns
 * the connection from now on.
 */
export function createRedisCacheStore(redis: RedisClient, options: { readonly maxEntryBytes: number }): CacheStore {
  const vectors = redisVectors(redis);
  const met = new Map<string, { readonly vectors: string; readonly element: string; readonly atMs: number }>();

  const meet = (key: string, meeting: { vectors: string; element: string; atMs: number }) => {
    met.delete(key);
    met.set(key, meeting);
    if (met.size > remembered) met.delete(met.keys().next().value as string);
  };

  /** An entry that a search found is gone: its vector has nothing to lead to. */
  const forgetVectorOf = async (key: string) => {
    const meeting = met.get(key);
    if (!meeting) return;
    met.delete(key);
    await vectors.forget(meeting.vectors, meeting.element, meeting.atMs);
  };

  const removeVectors = async (tenant: string, marks: readonly string[]) => {
    const elements = new Map<string, string[]>();
    for (const text of marks) {
      const { p, e } = readMark(text);
      if (p === undefined || e === undefined) continue;
      const key = vectorsKey(tenant, p);
      const own = elements.get(key);
      if (own) own.push(e);
      else elements.set(key, [e]);
    }
    await Promise.all(Array.from(elements, ([key, own]) => vectors.remove(key, own)));
  };

  const remove = async (tenant: string, name: string) => {
    const mark = await scripts.remove(redis, [stemOf(tenant)], [keyPart(name)]);
    if (mark === null) return false;
    await removeVectors(tenant, [mark]);
    return true;
  };

  const removeIndexed = async (tenant: string, index: string, model: string, theirVectorsToo = true) => {
    let removed = 0;
    let passedOver = 0;
    for (;;) {
      const args = [index, passedOver, removedAtOnce, model];
      const [seen, staying, marks] = await scripts.removeSome(redis, [stemOf(tenant)], args);
      if (theirVectorsToo) await removeVectors(tenant, marks);
      removed += marks.length;
      passedOver += staying;
      if (seen < removedAtOnce) return removed;
    }
  };

  const removeEverything = async (tenant: string) => {
    const stem = stemOf(tenant);
    let removed = 0;
    for (const model of await redis.zrange(`${stem}:models`, "0", "-1")) {
      removed += await removeIndexed(tenant, `model:${model}`, "", false);
    }
    const partitions = await redis.zrange(`${stem}:partitions`, "0", "-1");
    await vectors.removeSets(partitions.map((partition) => vectorsKey(tenant, partition)));
    return removed;
  };

  return {
    get: (tenant, names, nowMs) =>
      guarded(async () => {
        const keys = names.map((name) => entryKey(tenant, name));
        const values = await redis.mgetBuffer(...keys);
        const chores: Promise<unknown>[] = [];
        const entries = values.map((value, index): Entry | undefined => {
          const entry = value === null ? undefined : decodeEntry(value, nowMs);
          if (entry === "expired" || entry === "unreadable") chores.push(remove(tenant, names[index] as string));
          else if (entry !== undefined) return entry;
          chores.push(forgetVectorOf(keys[index] as string));
          return undefined;
        });
        await Promise.all(chores);
        return entries;
      }),
    put: (tenant, places, { answer, storedAtMs }, nowMs) =>
      guarded(async () => {
        const encoded = encodeAnswer(answer);
        if (encoded.length > options.maxEntryBytes) return false;
        const written: (string | number | Buffer)[] = [nowMs];
        const added: Promise<void>[] = [];
        for (const place of places) {
          const { name, requestDigest, ttlMs, meaning } = place;
          const mark = markOf(place, answer.model);
          const value = encodeEntry(encoded, { storedAtMs, expiresAtMs: nowMs + ttlMs, requestDigest, mark });
          written.push(keyPart(name), value, ttlMs, mark);
          if (!meaning) continue;
          const key = vectorsKey(tenant, partitionPart(meaning.partition));
          added.push(vectors.add(key, elementOf(name, meaning), meaning.vector, nowMs, ttlMs));
        }
        const [displaced] = await Promise.all([scripts.put(redis, [stemOf(tenant)], written), ...added]);
        await removeVectors(tenant, displaced);
        return true;
      }),
    nearest: (tenant, { partition, vector }, count, nowMs) =>
      guarded(async () => {
        const key = vectorsKey(tenant, partitionPart(partition));
        const found = await vectors.nearest(key, vector, count, nowMs);
        return found.map(({ element, ...neighbour }) => {
          meet(entryKey(tenant, neighbour.name), { vectors: key, element, atMs: nowMs });
          return neighbour;
        });
      }),
    remove: (tenant, name) => guarded(() => remove(tenant, name)),
    removeAll: (tenant, { tags, model }: Removal) =>
      guarded(async () => {
        if (tags.length === 0) {
          return model === "" ? removeEverything(tenant) : removeIndexed(tenant, `model:${keyPart(model)}`, "");
        }
        let removed = 0;
        for (const tag of new Set(tags)) removed += await removeIndexed(tenant, `tag:${keyPart(tag)}`, keyPart(model));
        return removed;
      }),
    isReady: () => redis.status === "ready",
    close: () => closeRedis(redis),
  };
}

const stemOf = (tenant: string) => tenantKey(tenant, `cache-${codecVersion}`);
const entryKey = (tenant: string, name: string) => `${stemOf(tenant)}:entry:${keyPart(name)}`;

function markOf({ name, meaning, tags = [] }: PlaceToFill, model: string): string {
  const mark: Mark = { m: keyPart(model), t: Array.from(new Set(tags), keyPart) };
  if (!meaning) return JSON.stringify(mark);
  return JSON.stringify({ ...mark, p: partitionPart(meaning.partition), e: elementOf(name, meaning) });
}

/** Empty for a mark that cannot be read. */
function readMark(text: string): Partial<Mark> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeUnavailable(withoutCommand(error));
  }
}
