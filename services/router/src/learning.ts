import { join } from "node:path";
import { type Config, redisPlaceOf } from "@switchyard/config";
import { closeRedis, connectRedis, untilReady } from "@switchyard/redis";
import type { Logger } from "@switchyard/telemetry";
import { noOutcomeStore } from "./adapters/no-outcome-store.ts";
import { createRedisOutcomeStore } from "./adapters/redis-outcome-store.ts";
import { createSqliteOutcomeStore } from "./adapters/sqlite-outcome-store.ts";
import { createLearner, type Learner, type LearnerPolicy } from "./domain/outcomes/learner.ts";
import type { Clock, OutcomeStore } from "./ports.ts";

/** Learning from outcomes, wired: the part of the composition root that app.ts leaves to this file. */
export interface Learning {
  readonly store: OutcomeStore;
  readonly learner: Learner;
  /** Takes another policy, by which what was learned is read from now on. */
  follow(policy: LearnerPolicy): Promise<void>;
  close(): Promise<void>;
}

/** How outcomes are learned from beside weights of that name, by the configuration. */
export function learnerPolicyOf({ router }: Config, weights: string): LearnerPolicy {
  const { patience, maxShift, publishAfter, refreshMs } = router.outcomes;
  const pinned = router.policy.version;
  return { patience, maxShift, publishAfter, refreshMs, weights, baseline: router.baselineModel, pinned };
}

const redisPatienceMs = 2_000;

/**
 * Opens the store and starts with what it holds. A store that is away costs what it would have taught, and no request; only
 * a pinned version that is not there stops the start. Throws Refusal UNKNOWN_VERSION.
 */
export async function openLearning(
  config: Config,
  policy: LearnerPolicy,
  clock: Clock,
  logger: Logger,
): Promise<Learning> {
  const store = await openStore(config, clock, logger);
  let current = policy;
  const onTrouble = (error: unknown) => logger.warn({ err: error }, "outcomes are not kept or not read");
  const learner = createLearner(store, () => current, clock, onTrouble);
  let forget: () => void = () => undefined;
  let isOpen = true;
  const again = async (): Promise<void> => {
    await learner.refresh().catch(onTrouble);
    if (isOpen) forget = clock.after(current.refreshMs, () => void again());
  };
  await learner.refresh().catch(async (error: unknown) => {
    if (current.pinned === undefined) return onTrouble(error);
    await store.close();
    throw error;
  });
  forget = clock.after(current.refreshMs, () => void again());
  return {
    store,
    learner,
    async follow(next) {
      current = next;
      await learner.refresh().catch(onTrouble);
    },
    async close() {
      isOpen = false;
      forget();
      await learner.close();
    },
  };
}

async function openStore(
  { router, dataDirectory, redis }: Config,
  clock: Clock,
  logger: Logger,
): Promise<OutcomeStore> {
  const { store, keepHours, maxRequests, maxVersions, maxPerCell } = router.outcomes;
  const limits = { keepMs: keepHours * 3_600_000, maxRequests, maxVersions, maxPerCell };
  if (store === "none") return noOutcomeStore;
  if (store === "redis") {
    const place = redisPlaceOf(redis);
    if (place === undefined) throw new Error("router.outcomes.store is redis, but redis leads nowhere");
    const connection = connectRedis({ ...place, onError: (err) => logger.warn({ err }, "trouble with Redis") });
    await untilReady(connection, redisPatienceMs);
    const outcomes = createRedisOutcomeStore(connection, limits);
    return { ...outcomes, close: () => closeRedis(connection) };
  }
  const path = join(dataDirectory, "outcomes.db");
  try {
    return createSqliteOutcomeStore({ ...limits, path, nowMs: clock.now });
  } catch (error) {
    logger.warn({ err: error, path }, "outcomes are not kept: their file cannot be opened");
    return noOutcomeStore;
  }
}
