import { closeRedis, keyPart, type RedisClient, type Script, withoutCommand } from "@switchyard/redis";
import type { Calendar, Windows } from "../domain/calendar.ts";
import { linesOf, settledTally } from "../domain/ledger.ts";
import { organisationOf, type Payer } from "../domain/scopes.ts";
import type { BudgetStore, OnSettled } from "../ports.ts";
import { planText, windowsText } from "./redis-arguments.ts";
import { budgetKey, redisLedger } from "./redis-ledger.ts";
import { fromLine } from "./redis-lines.ts";
import { reserveBatches } from "./redis-reserve-batches.ts";
import { scripts } from "./redis-scripts.ts";
import { looksAtClock, restlessClock, type ServerClock, serverClock } from "./redis-server-clock.ts";
import { readTotals, totalsArguments } from "./redis-totals.ts";
import { toUsage } from "./redis-verdict.ts";
import { storeUnavailable } from "./store-fault.ts";
import { fromTally } from "./tally-json.ts";

export interface RedisBudgetStoreOptions {
  /** Closed with the store. */
  readonly redis: RedisClient;
  readonly calendar: Calendar;
  /** How long lines of the ledger stay after they were booked, by this process's clock; undefined: for good. */
  readonly ledgerKeepMs?: number;
  readonly onSettled?: OnSettled;
  /** Added to the server's clock, in milliseconds; for tests. */
  readonly clockOffsetMs?: () => number;
}

/** Books that one round of a sweep visits, so that its commands do not queue up before those of requests. */
const sweptAtOnce = 50;

/**
 * Budgets in Redis, shared by any number of processes. An operation is one Lua script on keys of one organisation; windows and
 * leases go by the server's clock. What an acknowledged operation survives is what the server's persistence promises; it must
 * not evict (`maxmemory-policy noeviction`).
 */
export function redisBudgetStore(options: RedisBudgetStoreOptions): BudgetStore {
  const { redis, calendar, clockOffsetMs = () => 0, ledgerKeepMs, onSettled } = options;
  const ledger = redisLedger(redis);
  const clock = serverClock(calendar, clockOffsetMs);
  const windowed = withWindows(clock);
  let closed = false;
  redis.on("ready", ledger.recheck);

  const run = <Result>(script: Script<Result>, payer: Place, args: readonly (string | number)[] = []) =>
    script(redis, [budgetKey(organisationOf(payer))], [clockOffsetMs(), keyPart(payer.tenant), ...args]);

  const reserve = reserveBatches({
    call: (caller, args) => guarded(() => run(scripts.reserve, caller, args)),
    admit: (caller) => (ledger.isAdmitted(caller) ? undefined : guarded(() => ledger.admit(caller))),
    clock,
  });

  const sweepBook = async (place: Place, published: number): Promise<number> => {
    const [presumed, atOnce, length] = await run(scripts.sweep, place);
    if (presumed === atOnce) return presumed + (await sweepBook(place, published));
    if (length > published) await ledger.publish(place, length);
    return presumed;
  };

  return {
    reserve,
    settle: (settlement, terms) =>
      guarded(async () => {
        const { requestId, caller } = settlement;
        const tally = fromTally(settledTally(settlement));
        const lines = linesOf(settlement);
        const booked = [lines.length, ...lines.map(fromLine), ...totalsArguments(lines)];
        await ledger.admit(caller);
        return windowed(async (windows) => {
          const args = [requestId, tally, windowsText(windows), planText(terms), ...booked];
          const reply = await run(scripts.settle, caller, args);
          if (reply[0] === "clock") return Number(reply[1]);
          if (reply[0] === "settled") onSettled?.(settlement);
          return { tokens: BigInt(reply[1]), costUsdNanos: BigInt(reply[2]) };
        });
      }),
    release: (requestId, caller) =>
      guarded(async () => {
        await ledger.admit(caller);
        await run(scripts.release, caller, [requestId]);
      }),
    usage: (organisation, scope) =>
      guarded(() =>
        windowed(async (windows) => {
          const reply = await run(scripts.usage, { organisation, tenant: "" }, [scope, windowsText(windows)]);
          return reply[0] === "clock" ? Number(reply[1]) : toUsage(reply, windows);
        }),
      ),
    ledger: (page) => guarded(() => ledger.read(page)),
    totals: (query) =>
      guarded(async () =>
        readTotals(
          redis,
          (await ledger.heads()).map(({ place }) => place),
          query,
        ),
      ),
    sweep: () =>
      guarded(async () => {
        ledger.recheck();
        const heads = await ledger.heads();
        let presumed = 0;
        for (let at = 0; at < heads.length; at += sweptAtOnce) {
          const round = heads.slice(at, at + sweptAtOnce).map(({ place, head }) => sweepBook(place, head));
          for (const count of await Promise.all(round)) presumed += count;
        }
        if (ledgerKeepMs !== undefined) await ledger.trim(Date.now() + clockOffsetMs() - ledgerKeepMs);
        return presumed;
      }),
    isReady: () => !closed && redis.status === "ready",
    close: () => {
      closed = true;
      return closeRedis(redis);
    },
  };
}

type Place = Pick<Payer, "organisation" | "tenant">;

/** Hands work the running day and month. Work that finds them wrong resolves to the server's time instead, and is given the right ones. */
function withWindows(clock: ServerClock) {
  return async <T extends object>(work: (windows: Windows) => Promise<T | number>): Promise<T> => {
    for (let look = 0; look < looksAtClock; look++) {
      const result = await work(clock.windows());
      if (typeof result !== "number") return result;
      clock.learn(result);
    }
    throw restlessClock();
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
