import { keyPart, type RedisClient } from "@switchyard/redis";
import type { Meaning, Neighbour } from "../ports.ts";
import { codecVersion } from "./entry-codec.ts";
import { scripts } from "./redis-cache-scripts.ts";

/**
 * The vectors of one tenant's partition: a vector set at `switchyard:{TENANT:PARTITION}:cache-VERSION:near`, in a slot of its
 * own. Its elements are `NAME\nTEXT`, so that a search answers everything in one command that runs beside the server's main
 * thread; their attributes are the end of their lives (`e`) and when they were put (`s`), both milliseconds since the epoch.
 */
export interface RedisVectors {
  add(key: string, element: string, vector: Float32Array, nowMs: number, ttlMs: number): Promise<void>;
  nearest(key: string, vector: Float32Array, count: number, nowMs: number): Promise<readonly Found[]>;
  remove(key: string, elements: readonly string[]): Promise<void>;
  /** Removes whole sets. */
  removeSets(keys: readonly string[]): Promise<void>;
  /** Removes an element without an entry, unless it was put again after `metAtMs`. */
  forget(key: string, element: string, metAtMs: number): Promise<void>;
}

export interface Found extends Neighbour {
  readonly element: string;
}

/** As it stands in keys. */
export const partitionPart = (partition: string) => keyPart(partition);

/** A tenant's tag never has a `:`: tag and partition together are no other tenant's tag. */
export const vectorsKey = (tenant: string, partition: string) =>
  `switchyard:{${keyPart(tenant) || "%"}:${partition}}:cache-${codecVersion}:near`;

export const elementOf = (name: string, { text }: Pick<Meaning, "text">) => `${name}\n${text}`;

/** Nodes that a search visits at least: what a search for the nearest alone takes to find them. */
const breadth = 100;

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => Buffer.from(buffer, byteOffset, byteLength);

const isOfOtherDimensions = (error: unknown) => error instanceof Error && error.message.includes("dimension mismatch");

export function redisVectors(redis: RedisClient): RedisVectors {
  return {
    async add(key, element, vector, nowMs, ttlMs) {
      const attributes = JSON.stringify({ e: nowMs + ttlMs, s: nowMs });
      await Promise.all([
        redis.call("VADD", key, "FP32", bytesOf(vector), element, "CAS", "Q8", "SETATTR", attributes),
        scripts.tendVectors(redis, [key], [nowMs, ttlMs]),
      ]);
    },
    async nearest(key, vector, count, nowMs) {
      const search = [
        "WITHSCORES",
        "COUNT",
        `${count}`,
        "EF",
        `${Math.max(breadth, count)}`,
        "FILTER",
        `.e > ${nowMs}`,
      ];
      try {
        return toFound((await redis.call("VSIM", key, "FP32", bytesOf(vector), ...search)) as string[]);
      } catch (error) {
        if (isOfOtherDimensions(error)) return [];
        throw error;
      }
    },
    async remove(key, elements) {
      await Promise.all(elements.map((element) => redis.call("VREM", key, element)));
    },
    async removeSets(keys) {
      await Promise.all(keys.map((key) => redis.unlink(key)));
    },
    async forget(key, element, metAtMs) {
      await scripts.forgetVector(redis, [key], [element, metAtMs]);
    },
  };
}

/** Elements and scores by turns; a score is half the cosine above a half. */
function toFound(elementsAndScores: readonly string[]): Found[] {
  const found: Found[] = [];
  for (let at = 0; at < elementsAndScores.length; at += 2) {
    const element = elementsAndScores[at] as string;
    const nameEnd = element.indexOf("\n");
    const cosine = 2 * Number(elementsAndScores[at + 1]) - 1;
    found.push({ name: element.slice(0, nameEnd), text: element.slice(nameEnd + 1), cosine, element });
  }
  return found;
}
