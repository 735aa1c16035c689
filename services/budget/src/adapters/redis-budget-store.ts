import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import { closeRedis, type Redis, type Script, withoutCommand } from "@switchyard/redis";
import { inUnit, type Unit } from "../domain/amount.ts";
import { linesOf, type Settlement, settledAmount } from "../domain/ledger.ts";
import { type Limit, scopesOf } from "../domain/limits.ts";
import { endOfDay } from "../domain/window.ts";
import type { BudgetStore, ReserveOrder, ReserveVerdict, ScopeUsage } from "../ports.ts";
import { budgetKey, redisLedger } from "./redis-ledger.ts";
import { fromLine } from "./redis-lines.ts";
import { type Reply, scripts } from "./redis-scripts.ts";
import { storeUnavailable } from "./store-fault.ts";

export interface RedisBudgetStoreOptions {
  /** Closed with the store. */
  readonly redis: Redis;
  /** Added to the server's clock, in milliseconds; for tests. */
  readonly clockOffsetMs?: () => number;
}

/** Tenants that one round of a sweep visits, so that its commands do not queue up before those of requests. */
const sweptAtOnce = 50;

/**
 * Budgets in Redis, shared by any number of processes. An operation is one Lua script on keys of one tenant; days and leases
 * go by the server's clock. What an acknowledged operation survives is what the server's persistence promises; it must not
 * evict (`maxmemory-policy noeviction`).
 */
export function redisBudgetStore({ redis, clockOffsetMs = () => 0 }: RedisBudgetStoreOptions): BudgetStore {
  const ledger = redisLedger(redis);
  let closed = false;
  redis.on("ready", ledger.recheck);

  const run = <Result>(script: Script<Result>, tenant: string, args: readonly ScriptArgument[] = []) =>
    script(redis, [budgetKey(tenant)], [clockOffsetMs(), ...args]);

  const sweepTenant = async (tenant: string, published: number): Promise<number> => {
    const [presumed, atOnce, length] = await run(scripts.sweep, tenant);
    if (presumed === atOnce) return presumed + (await sweepTenant(tenant, published));
    if (length > published) await ledger.publish(tenant, length);
    return presumed;
  };

  return {
    reserve: (order) =>
      guarded(async () => {
        await ledger.admit(order.caller.tenant);
        return toVerdict(order, await run(scripts.reserve, order.caller.tenant, reserveArguments(order)));
      }),
    settle: (settlement) =>
      guarded(async () => {
        const { tenant } = settlement.caller;
        await ledger.admit(tenant);
        const [tokens, costUsdNanos] = await run(scripts.settle, tenant, settleArguments(settlement));
        return { tokens: BigInt(tokens), costUsdNanos: BigInt(costUsdNanos) };
      }),
    release: (requestId, caller) =>
      guarded(async () => {
        await ledger.admit(caller.tenant);
        await run(scripts.release, caller.tenant, [requestId, scopesText(caller)]);
      }),
    usage: (tenant, scope) => guarded(async () => toUsage(await run(scripts.usage, tenant, [scope]))),
    ledger: (page) => guarded(() => ledger.read(page)),
    sweep: () =>
      guarded(async () => {
        ledger.recheck();
        const heads = Object.entries(await ledger.heads());
        let presumed = 0;
        for (let at = 0; at < heads.length; at += sweptAtOnce) {
          const round = heads.slice(at, at + sweptAtOnce).map(([tenant, head]) => sweepTenant(tenant, head));
          for (const count of await Promise.all(round)) presumed += count;
        }
        return presumed;
      }),
    isReady: () => !closed && redis.status === "ready",
    close: () => {
      closed = true;
      return closeRedis(redis);
    },
  };
}

type ScriptArgument = string | number | bigint;

const unitInScript: Record<Unit, string> = { tokens: "tokens", usd_nanos: "cost" };

function reserveArguments({ requestId, caller, amount, leaseMs, limits }: ReserveOrder): ScriptArgument[] {
  const { tokens, costUsdNanos } = amount;
  return [
    requestId,
    tokens,
    costUsdNanos,
    leaseMs,
    JSON.stringify(caller),
    scopesText(caller),
    ...limits.flatMap(({ scope, unit, allowed }) => [scope, unitInScript[unit], allowed]),
  ];
}

function settleArguments(settlement: Settlement): ScriptArgument[] {
  const { tokens, costUsdNanos } = settledAmount(settlement);
  const { requestId, caller } = settlement;
  return [requestId, tokens, costUsdNanos, scopesText(caller), ...linesOf(settlement).map(fromLine)];
}

const scopesText = (caller: Caller) => JSON.stringify(scopesOf(caller));

function toVerdict({ limits, amount }: ReserveOrder, reply: Reply<"reserve">): ReserveVerdict {
  if (reply.length === 1) return { granted: true, expiresAt: new Date(reply[0]) };
  const [index, used, reserved, day] = reply;
  const limit = limits[index] as Limit;
  return {
    granted: false,
    limit,
    used: BigInt(used),
    reserved: BigInt(reserved),
    requested: inUnit(amount, limit.unit),
    resetsAt: endOfDay(day),
  };
}

function toUsage([usedTokens, usedCost, reservedTokens, reservedCost, day]: Reply<"usage">): ScopeUsage {
  return {
    used: { tokens: BigInt(usedTokens), costUsdNanos: BigInt(usedCost) },
    reserved: { tokens: BigInt(reservedTokens), costUsdNanos: BigInt(reservedCost) },
    resetsAt: endOfDay(day),
  };
}

/** A fault of the connection or the server is UNAVAILABLE; one of a script is ours, and unforeseen. */
async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const fault = withoutCommand(error);
    throw isScriptError(fault) ? fault : storeUnavailable(fault);
  }
}

function isScriptError(error: Error): boolean {
  return error.name === "ReplyError" && /(^|: )(ERR|WRONGTYPE) /.test(error.message);
}
