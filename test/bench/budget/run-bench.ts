import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReserveResponse } from "@switchyard/contracts/budget/v1/budget";
import { connectRedis, untilReady } from "@switchyard/redis";
import { startRedis } from "@switchyard/redis/testing";
import { calendarOf } from "@switchyard/service-budget/calendar";
import type { BudgetStore } from "@switchyard/service-budget/ports";
import { redisBudgetStore } from "@switchyard/service-budget/redis-budget-store";
import { reserveHandler } from "@switchyard/service-budget/reserve-handler";
import { openSqliteBudgetStore } from "@switchyard/service-budget/sqlite-budget-store";
import { termsBy } from "@switchyard/service-budget/terms";
import { type BareRates, bareEvalsha } from "./bare-evalsha.ts";
import { type Measured, median, medianOf, underLoad } from "./measure.ts";
import { nestedLimits, reservation } from "./nested-limits.ts";

interface StoreReport {
  readonly reservationsPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

export interface BudgetReport {
  readonly redis: StoreReport & {
    /**
     * Bare calls a second as `redis-benchmark` makes them: a connection for each caller, one call at a time on each. The greater of
     * what it and our client library reach.
     */
    readonly evalshaPerSecond: number;
    readonly evalsha: {
      /** Null where it is not installed. */
      readonly redisBenchmarkPerSecond: number | null;
      readonly connectionsPerSecond: number;
      /** On the one connection that reservations take, too, where what comes at once goes out as one pipeline. */
      readonly pipelinedPerSecond: number;
    };
  };
  readonly sqlite: StoreReport;
}

export interface BenchOptions {
  readonly rounds: number;
  readonly roundMs: number;
  /** Calls in flight at once. */
  readonly callers: number;
}

/**
 * Reservations within eight nested limits on both stores, by the service's own code: the handler of its RPC, in this process,
 * on its store. Beside them, in turns and by as many callers, calls of a script that does next to nothing. The first round warms up
 * and does not count.
 */
export async function runBench({ rounds, roundMs, callers }: BenchOptions): Promise<BudgetReport> {
  const server = await startRedis();
  const folder = mkdtempSync(join(tmpdir(), "switchyard-bench-"));
  const calendar = calendarOf("UTC");
  const redis = connectRedis({ url: server.url, commandTimeoutMs: 30_000, onError: () => undefined });
  if (!(await untilReady(redis, 10_000))) throw new Error("the Redis to measure with cannot be reached");
  const redisStore = redisBudgetStore({ redis, calendar });
  const sqliteStore = openSqliteBudgetStore({ path: join(folder, "budget.db"), clock: Date.now, calendar });
  const bare = await bareEvalsha(server.url, redis, callers);
  const loads = { redis: reservations(redisStore), sqlite: reservations(sqliteStore) };
  const measured: Record<keyof typeof loads, Measured[]> = { redis: [], sqlite: [] };
  const bareRates: BareRates[] = [];
  try {
    for (let round = 0; round <= rounds; round++) {
      const rates = await bare.measure(roundMs);
      if (round > 0) bareRates.push(rates);
      for (const name of ["redis", "sqlite"] as const) {
        const result = await underLoad(callers, roundMs, loads[name]);
        if (round > 0) measured[name].push(result);
      }
      await server.flush();
      // The book of the ledger went with the rest.
      await redisStore.sweep();
    }
  } finally {
    await Promise.all([bare.close(), redisStore.close(), sqliteStore.close()]);
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    redis: { ...storeReport(measured.redis), ...bareReport(bareRates) },
    sqlite: storeReport(measured.sqlite),
  };
}

function bareReport(rates: readonly BareRates[]) {
  const ofBenchmark = rates.flatMap(({ redisBenchmark }) => redisBenchmark ?? []);
  const redisBenchmarkPerSecond = ofBenchmark.length > 0 ? Math.round(median(ofBenchmark)) : null;
  const connectionsPerSecond = Math.round(median(rates.map(({ connections }) => connections)));
  const pipelinedPerSecond = Math.round(median(rates.map(({ sharedConnection }) => sharedConnection)));
  return {
    evalshaPerSecond: Math.max(redisBenchmarkPerSecond ?? 0, connectionsPerSecond),
    evalsha: { redisBenchmarkPerSecond, connectionsPerSecond, pipelinedPerSecond },
  };
}

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
