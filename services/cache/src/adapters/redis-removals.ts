import type { RedisClient } from "@switchyard/redis";
import type { Removal } from "../ports.ts";
import { stemOf, vectorsKey } from "./redis-cache-keys.ts";
import { type Strays, scripts } from "./redis-cache-scripts.ts";
import type { RedisVectors } from "./redis-vectors.ts";

export interface RedisRemovals {
  /** One entry with its vector; false if it was not there. */
  remove(tenant: string, name: string): Promise<boolean>;
  /** All that fit, and how many those were. */
  removeAll(tenant: string, removal: Removal): Promise<number>;
  /** The vectors of entries that are gone from their place. */
  removeVectors(tenant: string, strays: Strays): Promise<void>;
}

/** Names that one step of a removal looks at, so that its script does not hold up requests. */
const removedAtOnce = 200;

/** Takes entries out of Redis: out of their tenant's slot atomically, then their vectors, which lead nowhere meanwhile. */
export function redisRemovals(redis: RedisClient, vectors: RedisVectors): RedisRemovals {
  const removeVectors = async (tenant: string, strays: Strays) => {
    const removals: Promise<void>[] = [];
    for (let at = 0; at < strays.length; at += 2) {
      removals.push(vectors.remove(vectorsKey(tenant, strays[at + 1] as string), strays[at] as string));
    }
    await Promise.all(removals);
  };

  const removeIndexed = async (
    tenant: string,
    [kind, value]: readonly ["tag" | "model", string],
    model: string,
    onStrays = (strays: Strays) => removeVectors(tenant, strays),
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

  /** Whole sets of vectors go last, so that none of a removed entry is left; one of a later entry may go with them. */
  const removeEverything = async (tenant: string) => {
    let removed = 0;
    for (const model of await redis.zrange(`${stemOf(tenant)}:models`, "0", "-1")) {
      removed += await removeIndexed(tenant, ["model", model], "", async () => undefined);
    }
    const partitions = await redis.zrange(`${stemOf(tenant)}:partitions`, "0", "-1");
    await Promise.all(partitions.map((partition) => vectors.removeSet(vectorsKey(tenant, partition))));
    return removed;
  };

  return {
    removeVectors,
    async remove(tenant, name) {
      const removed = await scripts.remove(redis, [stemOf(tenant)], [name]);
      const [partition] = removed ?? [];
      if (partition !== undefined) await vectors.remove(vectorsKey(tenant, partition), name);
      return removed !== null;
    },
    async removeAll(tenant, { tags, model }) {
      if (tags.length === 0) {
        return model === "" ? removeEverything(tenant) : removeIndexed(tenant, ["model", model], "");
      }
      let removed = 0;
      for (const tag of tags) removed += await removeIndexed(tenant, ["tag", tag], model);
      return removed;
    },
  };
}
