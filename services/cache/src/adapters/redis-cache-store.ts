import { closeRedis, type RedisClient, tenantKey, withoutCommand } from "@switchyard/redis";
import type { CacheStore, Entry, PlaceToFill } from "../ports.ts";
import { codecVersion, decodeEntry, encodeAnswer, encodeEntry } from "./entry-codec.ts";
import { scripts } from "./redis-cache-scripts.ts";
import { redisVectors, vectorsKey } from "./redis-vectors.ts";
import { storeUnavailable } from "./store-unavailable.ts";

/** Names that one step of a removal looks at, so that its script does not hold up requests. */
const removedAtOnce = 200;

/** Neighbours that were handed out lately, so that those without an entry can leave their set. */
const remembered = 4_096;

/**
 * Keeps answers in Redis, shared by all replicas, under `switchyard:{tenant}:cache-VERSION`; their vectors stand in slots of
 * their own. Redis removes what has expired; its `maxmemory` bounds the whole (policy `allkeys-lru` or `volatile-lru`). A
 * vector whose entry Redis has evicted leaves its set when it is met. Owns the connection from now on.
 */
export function createRedisCacheStore(redis: RedisClient, options: { readonly maxEntryBytes: number }): CacheStore {
  const vectors = redisVectors(redis);
  const met = new Map<string, { readonly vectors: string; readonly atMs: number }>();

  const meet = (key: string, where: string, atMs: number) => {
    met.delete(key);
    met.set(key, { vectors: where, atMs });
    if (met.size > remembered) met.delete(met.keys().next().value as string);
  };

  /** An entry that a search found is gone: its vector has nothing to lead to. Nobody waits for it, and who meets it again tries again. */
  const forgetVectorOf = (key: string, name: string) => {
    const meeting = met.get(key);
    if (!meeting) return;
    met.delete(key);
    vectors.forget(meeting.vectors, name, meeting.atMs).catch(() => undefined);
  };

  const removeVectors = async (tenant: string, strays: readonly string[]) => {
    const removals: Promise<void>[] = [];
    for (let at = 0; at < strays.length; at += 2) {
      removals.push(vectors.remove(vectorsKey(tenant, strays[at + 1] as string), strays[at] as string));
    }
    await Promise.all(removals);
  };

  const remove = async (tenant: string, name: string) => {
    const removed = await scripts.remove(redis, [stemOf(tenant)], [name]);
    const [partition] = removed ?? [];
    if (partition !== undefined) await vectors.remove(vectorsKey(tenant, partition), name);
    return removed !== null;
  };

  const removeIndexed = async (
    tenant: string,
    [kind, value]: readonly ["tag" | "model", string],
    model: string,
    onStrays: (strays: readonly string[]) => Promise<void>,
  ) => {
    let total = 0;
    let passedOver = 0;
    for (;;) {
      const args = [kind, value, passedOver, removedAtOnce, model];
      const [seen, staying, removed, strays] = await scripts.removeSome(redis, [stemOf(tenant)], args);
      await onStrays(strays);
      total += removed;
      passedOver += staying;
      if (seen < removedAtOnce) return total;
    }
  };

  /** Vector sets go as they are, last, so that no vector of an entry that is removed is left; one of a later entry may go too. */
  const removeEverything = async (tenant: string) => {
    const stem = stemOf(tenant);
    let removed = 0;
    for (const model of await redis.zrange(`${stem}:models`, "0", "-1")) {
      removed += await removeIndexed(tenant, ["model", model], "", async () => undefined);
    }
    const partitions = await redis.zrange(`${stem}:partitions`, "0", "-1");
    await Promise.all(partitions.map((partition) => vectors.removeSet(vectorsKey(tenant, partition))));
    return removed;
  };

  return {
    get: (tenant, names, nowMs) =>
      guarded(async () => {
        const keys = names.map((name) => entryKey(tenant, name));
        const values = await redis.mgetBuffer(...keys);
        const useless: Promise<unknown>[] = [];
        const entries = values.map((value, index): Entry | undefined => {
          const entry = value === null ? undefined : decodeEntry(value, nowMs);
          const name = names[index] as string;
          if (entry === undefined) forgetVectorOf(keys[index] as string, name);
          else if (entry === "expired" || entry === "unreadable") useless.push(remove(tenant, name));
          else return entry;
          return undefined;
        });
        if (useless.length > 0) await Promise.all(useless);
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
          written.push(name, value, ttlMs, mark);
          if (meaning) added.push(vectors.add(vectorsKey(tenant, meaning.partition), name, meaning, nowMs, ttlMs));
        }
        const [strays] = await Promise.all([scripts.put(redis, [stemOf(tenant)], written), ...added]);
        await removeVectors(tenant, strays);
        return true;
      }),
    nearest: (tenant, { partition, vector }, count, nowMs) =>
      guarded(async () => {
        const where = vectorsKey(tenant, partition);
        const neighbours = await vectors.nearest(where, vector, count, nowMs);
        for (const { name } of neighbours) meet(entryKey(tenant, name), where, nowMs);
        return neighbours;
      }),
    remove: (tenant, name) => guarded(() => remove(tenant, name)),
    removeAll: (tenant, { tags, model }) =>
      guarded(async () => {
        const onStrays = (strays: readonly string[]) => removeVectors(tenant, strays);
        if (tags.length === 0) {
          return model === "" ? removeEverything(tenant) : removeIndexed(tenant, ["model", model], "", onStrays);
        }
        let removed = 0;
        for (const tag of tags) removed += await removeIndexed(tenant, ["tag", tag], model, onStrays);
        return removed;
      }),
    isReady: () => redis.status === "ready",
    close: () => closeRedis(redis),
  };
}

const stemOf = (tenant: string) => tenantKey(tenant, `cache-${codecVersion}`);

// What stands last in a key may be called anything.
const entryKey = (tenant: string, name: string) => `${stemOf(tenant)}:entry:${name}`;

/** What an entry notes of itself, as the scripts read it. */
const markOf = ({ meaning, tags = [] }: PlaceToFill, model: string) =>
  JSON.stringify({ m: model, t: [...new Set(tags)], p: meaning?.partition });

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeUnavailable(withoutCommand(error));
  }
}
