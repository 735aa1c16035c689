import type { RedisClient } from "@switchyard/redis";
import type { Meaning, Neighbour } from "../ports.ts";
import { scripts } from "./redis-cache-scripts.ts";

/**
 * The vectors of one tenant's partition: a vector set at `switchyard:{TENANT:PARTITION}:cache-VERSION:near`, in a slot of its
 * own. Its elements are names of entries; their attributes the end of the entry's life (`e`), when it was put (`s`), both
 * milliseconds since the epoch, and the text (`t`), in this order, in which scripts read them.
 */
export interface RedisVectors {
  add(key: string, name: string, meaning: Meaning, nowMs: number, ttlMs: number): Promise<void>;
  nearest(key: string, vector: Float32Array, count: number, nowMs: number): Promise<Neighbour[]>;
  remove(key: string, name: string): Promise<void>;
  /** Removes a whole set. */
  removeSet(key: string): Promise<void>;
  /** Removes a vector without an entry, unless it was put again after `metAtMs`. */
  forget(key: string, name: string, metAtMs: number): Promise<void>;
}

/** Nodes that a search visits at least. More finds little more (`npm run bench:cache`); half as many loses a hit in seventy. */
const breadth = 128;

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => Buffer.from(buffer, byteOffset, byteLength);

export function redisVectors(redis: RedisClient): RedisVectors {
  return {
    async add(key, name, { vector, text }, nowMs, ttlMs) {
      const attributes = JSON.stringify({ e: Math.ceil(nowMs + ttlMs), s: Math.floor(nowMs), t: text });
      await scripts.addVector(redis, [key], [name, bytesOf(vector), attributes, nowMs, ttlMs]);
    },
    async nearest(key, vector, count, nowMs) {
      try {
        return toNeighbours(await scripts.nearest(redis, [key], [bytesOf(vector), count, nowMs, breadth]));
      } catch (error) {
        if (error instanceof Error && error.message.includes("dimension mismatch")) return [];
        throw error;
      }
    },
    async remove(key, name) {
      await redis.call("VREM", key, name);
    },
    async removeSet(key) {
      await redis.unlink(key);
    },
    async forget(key, name, metAtMs) {
      await scripts.forgetVector(redis, [key], [name, metAtMs]);
    },
  };
}

/** Names, scores and attributes by turns; a score is the cosine from 0 to 1 instead of -1 to 1. */
function toNeighbours(reply: readonly string[]): Neighbour[] {
  const neighbours: Neighbour[] = [];
  for (let at = 0; at < reply.length; at += 3) {
    const { t: text } = JSON.parse(reply[at + 2] as string) as { t: string };
    neighbours.push({ name: reply[at] as string, cosine: 2 * Number(reply[at + 1]) - 1, text });
  }
  return neighbours;
}
