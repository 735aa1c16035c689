import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReserveResponse } from "@switchyard/contracts/budget/v1/budget";
import { connectRedis, defineScript, type RedisClient, untilReady } from "@switchyard/redis";
import { startRedis } from "@switchyard/redis/testing";
import { calendarOf } from "@switchyard/service-budget/calendar";
import type { BudgetStore } from "@switchyard/service-budget/ports";
import { redisBudgetStore } from "@switchyard/service-budget/redis-budget-store";
import { reserveHandler } from "@switchyard/service-budget/reserve-handler";
import { openSqliteBudgetStore } from "@switchyard/service-budget/sqlite-budget-store";
import { termsBy } from "@switchyard/service-budget/terms";
import { type Measured, medianOf, underLoad } from "./measure.ts";
import { nestedLimits, reservation } from "./nested-limits.ts";

interface StoreReport {
  readonly reservationsPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

export interface BudgetReport {
  readonly redis: StoreReport & { readonly evalshaPerSecond: number };
  readonly sqlite: StoreReport;
}

export interface BenchOptions {
  readonly rounds: number;
  readonly roundMs: number;
  /** Calls in flight at once. */
  readonly callers: number;
}

/** What a benchmark of the server would call: a script that changes one key. */
const bareScript = defineScript<number>({
  name: "bare",
  lua: "return redis.call('INCR', KEYS[1])",
  numberOfKeys: 1,
});

/**
 * Reservations within eight nested limits on both stores, by the service's own code: the handler of its RPC, in this process,
 * on its store. Beside them, in turns and on the same connection to Redis, calls of a script that does next to nothing. The
 * first round warms up and does not count.
 */
export async function runBench({ rounds, roundMs, callers }: BenchOptions): Promise<BudgetReport> {
  const server = await startRedis();
  const folder = mkdtempSync(join(tmpdir(), "switchyard-bench-"));
  const calendar = calendarOf("UTC");
  const redis = connectRedis({ url: server.url, commandTimeoutMs: 30_000, onError: () => undefined });
  if (!(await untilReady(redis, 10_000))) throw new Error("the Redis to measure with cannot be reached");
  const redisStore = redisBudgetStore({ redis, calendar });
  const sqliteStore = openSqliteBudgetStore({ path: join(folder, "budget.db"), clock: Date.now, calendar });
  const loads = { evalsha: bareCalls(redis), redis: reservations(redisStore), sqlite: reservations(sqliteStore) };
  const measured: Record<keyof typeof loads, Measured[]> = { evalsha: [], redis: [], sqlite: [] };
  try {
    for (let round = 0; round <= rounds; round++) {
      for (const name of ["evalsha", "redis", "sqlite"] as const) {
        const result = await underLoad(callers, roundMs, loads[name]);
        if (round > 0) measured[name].push(result);
      }
      await server.flush();
      // The book of the ledger went with the rest.
      await redisStore.sweep();
    }
  } finally {
    await Promise.all([redisStore.close(), sqliteStore.close()]);
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  const evalshaPerSecond = Math.round(medianOf(measured.evalsha).perSecond);
  return {
    redis: { ...storeReport(measured.redis), evalshaPerSecond },
    sqlite: storeReport(measured.sqlite),
  };
}

const bareCalls = (redis: RedisClient) => () => bareScript(redis, ["switchyard:{acme}:bare"], []);

function reservations(store: BudgetStore): () => Promise<unknown> {
  const handle = reserveHandler(store, { termsOf: termsBy(nestedLimits), leaseSeconds: 600 });
  let index = 0;
  return () => handle(reservation(index++)).then(expectGranted);
}

/** A refusal is quicker than a grant: it must not be taken for one. */
function expectGranted({ verdict }: ReserveResponse): void {
  if (verdict?.$case !== "reservation")
    throw new Error(`a reservation was not granted: ${JSON.stringify(verdict, big)}`);
}

const big = (_key: string, value: unknown) => (typeof value === "bigint" ? String(value) : value);

function storeReport(rounds: readonly Measured[]): StoreReport {
  const { perSecond, p50Us, p99Us } = medianOf(rounds);
  return { reservationsPerSecond: Math.round(perSecond), p50Us: Math.round(p50Us), p99Us: Math.round(p99Us) };
}
