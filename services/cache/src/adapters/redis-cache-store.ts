import { closeRedis, type RedisClient, withoutCommand } from "@switchyard/redis";
import type { CacheStore, Entry, PlaceToFill } from "../ports.ts";
import { decodeEntry, encodeAnswer, encodeEntry } from "./entry-codec.ts";
import { entryKey, stemOf, vectorsKey } from "./redis-cache-keys.ts";
import { scripts } from "./redis-cache-scripts.ts";
import { redisRemovals } from "./redis-removals.ts";
import { type RedisVectors, redisVectors } from "./redis-vectors.ts";
import { storeUnavailable } from "./store-unavailable.ts";

/**
 * Keeps answers in Redis, shared by all replicas, under `switchyard:{tenant}:cache-VERSION`; their vectors stand in slots of
 * their own. Redis removes what has expired; its `maxmemory` bounds the whole (policy `allkeys-lru` or `volatile-lru`). A
 * vector whose entry Redis has evicted leaves its set when it is met. Owns the connection from now on.
 */
export function createRedisCacheStore(redis: RedisClient, options: { readonly maxEntryBytes: number }): CacheStore {
  const vectors = redisVectors(redis);
  const removals = redisRemovals(redis, vectors);
  const meetings = meetingsWith(vectors);
  return {
    get: (tenant, names, nowMs) =>
      guarded(async () => {
        const values = await redis.mgetBuffer(...names.map((name) => entryKey(tenant, name)));
        const useless: Promise<unknown>[] = [];
        const entries = values.map((value, index): Entry | undefined => {
          const entry = value === null ? undefined : decodeEntry(value, nowMs);
          const name = names[index] as string;
          if (entry === undefined) meetings.missed(tenant, name);
          else if (entry === "expired" || entry === "unreadable") useless.push(removals.remove(tenant, name));
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
        await removals.removeVectors(tenant, strays);
        return true;
      }),
    nearest: (tenant, { partition, vector }, count, nowMs) =>
      guarded(async () => {
        const key = vectorsKey(tenant, partition);
        const neighbours = await vectors.nearest(key, vector, count, nowMs);
        for (const { name } of neighbours) meetings.met(tenant, name, key, nowMs);
        return neighbours;
      }),
    remove: (tenant, name) => guarded(() => removals.remove(tenant, name)),
    removeAll: (tenant, removal) => guarded(() => removals.removeAll(tenant, removal)),
    isReady: () => redis.status === "ready",
    close: () => closeRedis(redis),
  };
}

/** What an entry notes of itself, as the scripts read it. */
const markOf = ({ meaning, tags = [] }: PlaceToFill, model: string) =>
  JSON.stringify({ m: model, t: [...new Set(tags)], p: meaning?.partition });

/** Neighbours that are remembered. */
const mostMeetings = 4_096;

/** Remembers the neighbours that were found lately: where one turns out to have no entry, its vector can go. */
function meetingsWith(vectors: RedisVectors) {
  const meetings = new Map<string, { readonly vectorsKey: string; readonly atMs: number }>();
  return {
    met(tenant: string, name: string, vectorsKey: string, atMs: number): void {
      const key = entryKey(tenant, name);
      meetings.delete(key);
      meetings.set(key, { vectorsKey, atMs });
      if (meetings.size > mostMeetings) meetings.delete(meetings.keys().next().value as string);
    },
    /** Nobody waits for it: what stays is met again. */
    missed(tenant: string, name: string): void {
      const key = entryKey(tenant, name);
      const meeting = meetings.get(key);
      if (!meeting) return;
      meetings.delete(key);
      vectors.forget(meeting.vectorsKey, name, meeting.atMs).catch(() => undefined);
    },
  };
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeUnavailable(withoutCommand(error));
  }
}
