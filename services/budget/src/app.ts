import { join } from "node:path";
import { type Config, redisPlaceOf } from "@switchyard/config";
import { BudgetServiceDefinition, LedgerFilter, ReportRequest } from "@switchyard/contracts/budget/v1/budget";
import type { Tier } from "@switchyard/contracts/vocabulary/routing";
import { connectRedis, untilReady } from "@switchyard/redis";
import { type App, type AppContext, type Service, service } from "@switchyard/rpc";
import { attribute, createInstruments, type Logger } from "@switchyard/telemetry";
import { graceBudgetStore } from "./adapters/grace-budget-store.ts";
import { emitSettledEvent } from "./adapters/opentelemetry-settled-events.ts";
import { redisBudgetStore } from "./adapters/redis-budget-store.ts";
import { redisLimitStandings } from "./adapters/redis-limit-standings.ts";
import { openSqliteBudgetStore } from "./adapters/sqlite-budget-store.ts";
import { calendarOf } from "./domain/calendar.ts";
import { daysOf } from "./domain/days.ts";
import { graceBy, hasGrace } from "./domain/grace.ts";
import { type TermsOf, termsBy } from "./domain/terms.ts";
import type { UserUse } from "./domain/user-shares.ts";
import type { BudgetStore, LimitStandings } from "./ports.ts";
import { getUsageHandler, type Payers } from "./rpc/get-usage.ts";
import { listLedgerHandler } from "./rpc/list-ledger.ts";
import { releaseHandler } from "./rpc/release.ts";
import { reportHandler } from "./rpc/report.ts";
import { reserveHandler } from "./rpc/reserve.ts";
import { settleHandler } from "./rpc/settle.ts";
import { startSweeping } from "./sweeping.ts";
import { startUserShares } from "./user-shares.ts";

export interface BudgetApp extends App {
  readonly service: Service<BudgetServiceDefinition>;
}

const sweepIntervalMs = 5_000;
const userSharesIntervalMs = 30_000;
const redisPatienceMs = 5_000;

/** Builds the budget service. Rejects if the embedded store is unusable; a Redis that is down may come up later. */
export async function createBudgetApp(config: Config, { logger }: AppContext): Promise<BudgetApp> {
  const { store, standings } = await openStores(config, logger);
  const sweeping = startSweeping(store, { intervalMs: sweepIntervalMs, logger });
  let limits = { terms: termsBy(config.budget), tiers: tiersOf(config), payers: payersOf(config) };
  const termsOf: TermsOf = (...payer) => limits.terms(...payer);
  const payers: Payers = {
    organisationOf: (tenant) => limits.payers.organisationOf(tenant),
    budgetTierOf: (tenant, apiKey) => limits.payers.budgetTierOf(tenant, apiKey),
  };
  const days = daysOf(config.budget.timeZone);
  const own = service(BudgetServiceDefinition, {
    reserve: reserveHandler(store, { termsOf, leaseSeconds: config.budget.leaseSeconds }),
    settle: settleHandler(store, { termsOf, tierOf: (model) => limits.tiers(model) }),
    release: releaseHandler(store),
    getUsage: getUsageHandler({ store, standings, termsOf, payers }),
    listLedger: listLedgerHandler(store, { days, clock: Date.now }),
    report: reportHandler(store, { days, clock: Date.now }),
  });
  const { largestUserShare } = createInstruments();
  const userShares = startUserShares({
    intervalMs: userSharesIntervalMs,
    logger,
    usesToday: usesToday(reportHandler(store, { days, clock: Date.now })),
    limitsOf(tenant) {
      const payer = { organisation: payers.organisationOf(tenant), tenant, user: "", feature: "", apiKey: "" };
      return termsOf(payer, payers.budgetTierOf(tenant, ""))?.terms.map(({ limit }) => limit) ?? [];
    },
    tell: (tenant, share) => largestUserShare.record(share, { [attribute.tenant]: tenant }),
  });
  return {
    service: own,
    services: [own],
    isReady: () => store.isReady(),
    reconfigure(next) {
      limits = { terms: termsBy(next.budget), tiers: tiersOf(next), payers: payersOf(next) };
    },
    async close() {
      await Promise.all([sweeping.stop(), userShares.stop()]);
      await store.close();
    },
  };
}

/** What users used in the running day, from the report that people read. */
function usesToday(report: ReturnType<typeof reportHandler>): () => Promise<readonly UserUse[]> {
  const request = ReportRequest.create({
    filter: LedgerFilter.create({ lastDays: 1 }),
    by: ["REPORT_DIMENSION_TENANT", "REPORT_DIMENSION_USER"],
    limit: 10_000,
  });
  return async () =>
    (await report(request)).rows.map(({ tenant, user, totals }) => ({
      tenant,
      user,
      used: {
        tokens: (totals?.inputTokens ?? 0n) + (totals?.outputTokens ?? 0n),
        costUsdNanos: totals?.costUsdNanos ?? 0n,
      },
    }));
}

interface Stores {
  readonly store: BudgetStore;
  readonly standings: LimitStandings;
}

async function openStores(config: Config, logger: Logger): Promise<Stores> {
  const calendar = calendarOf(config.budget.timeZone);
  const onSettled = emitSettledEvent;
  const ledgerKeepMs = config.budget.ledgerKeepDays * 86_400_000;
  if (config.budget.store === "embedded") {
    const path = join(config.dataDirectory, "budget.db");
    const store = openSqliteBudgetStore({ path, clock: Date.now, calendar, ledgerKeepMs, onSettled });
    return { store, standings: store };
  }
  const place = redisPlaceOf(config.redis);
  if (place === undefined) throw new Error("budget.store is redis, but redis leads nowhere");
  const redis = connectRedis({ ...place, onError: (error) => logger.warn({ err: error }, "trouble with Redis") });
  await untilReady(redis, redisPatienceMs);
  const store = withGrace(redisBudgetStore({ redis, calendar, ledgerKeepMs, onSettled }), config, logger);
  return { store, standings: redisLimitStandings({ redis, calendar }) };
}

/** To whom tenants belong and in which tier they are, by the configured API keys. */
function payersOf({ apiKeys, anonymous }: Config): Payers {
  const keyOf = (tenant: string, name: string) =>
    apiKeys.find((key) => key.tenant === tenant && (name === "" || key.name === name));
  return {
    organisationOf: (tenant) => keyOf(tenant, "")?.organisation ?? "",
    budgetTierOf: (tenant, apiKey) => (keyOf(tenant, apiKey) ?? keyOf(tenant, ""))?.budgetTier ?? anonymous.budgetTier,
  };
}

/** The store as it goes on by the tenants' policies while Redis cannot be reached. */
function withGrace(store: BudgetStore, { budget }: Config, logger: Logger): BudgetStore {
  const instruments = createInstruments();
  return graceBudgetStore(store, {
    graceOf: graceBy(budget),
    hasGrace: hasGrace(budget),
    clock: Date.now,
    onGranted: ({ tenant }) => instruments.budgetGraceGrants.add(1, { [attribute.tenant]: tenant }),
    onReconciled(count) {
      instruments.budgetReconciled.add(count);
      logger.warn({ count }, "the budget store is back: what happened meanwhile is booked");
    },
    onLost: (error) => logger.error({ err: error }, "what a request used while the store was away cannot be booked"),
  });
}

const tierNames = { economy: "TIER_ECONOMY", standard: "TIER_STANDARD", premium: "TIER_PREMIUM" } as const;

/** The tiers of the catalogue's models. */
function tiersOf({ models }: Config): (model: string) => Tier {
  const tiers = new Map(models.map(({ id, tier }) => [id, tierNames[tier]]));
  return (model) => tiers.get(model) ?? "TIER_UNSPECIFIED";
}
