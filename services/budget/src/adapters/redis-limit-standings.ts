import { readFileSync } from "node:fs";
import { defineScript, keyPart, type RedisClient, withoutCommand } from "@switchyard/redis";
import type { Calendar, Windows } from "../domain/calendar.ts";
import type { Balance } from "../domain/judge.ts";
import { type Bucket, emptyBucket } from "../domain/rate.ts";
import { organisationOf } from "../domain/scopes.ts";
import type { Terms } from "../domain/terms.ts";
import type { LimitStandings, Standing } from "../ports.ts";
import { planText, windowsText } from "./redis-arguments.ts";
import { budgetKey } from "./redis-ledger.ts";
import { storeUnavailable } from "./store-fault.ts";

const lua = (name: string) => readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), "utf8");

const readStanding = defineScript<readonly ["clock" | "standing", nowMs: string, ...numbers: string[]]>({
  name: "budget standing",
  lua: `${lua("common")}\n${lua("standing")}`,
  numberOfKeys: 1,
});

export interface RedisLimitStandingsOptions {
  /** Not closed here. */
  readonly redis: RedisClient;
  readonly calendar: Calendar;
  /** Added to the server's clock, in milliseconds; for tests. */
  readonly clockOffsetMs?: () => number;
}

/** A day may end between two looks at the server's clock, but not again and again. */
const looksAtClock = 3;

/** How full limits are by the counters of the Redis budget store: one script call in the slot of the organisation. */
export function redisLimitStandings(options: RedisLimitStandingsOptions): LimitStandings {
  const { redis, calendar, clockOffsetMs = () => 0 } = options;
  return {
    async standing(terms) {
      const { payer } = terms;
      const keys = [budgetKey(organisationOf(payer))];
      let nowMs = Date.now() + clockOffsetMs();
      for (let look = 0; look < looksAtClock; look++) {
        const windows = calendar(nowMs);
        const args = [clockOffsetMs(), keyPart(payer.tenant), planText(terms), windowsText(windows)];
        const [verdict, serverMs, ...numbers] = await readStanding(redis, keys, args).catch((error: unknown) => {
          throw storeUnavailable(withoutCommand(error));
        });
        nowMs = Number(serverMs);
        if (verdict === "standing") return toStanding(terms, numbers, { nowMs, windows });
      }
      throw new Error("the server's clock does not stand still long enough to be read");
    },
  };
}

function toStanding(
  { accounts, meters }: Terms,
  numbers: readonly string[],
  at: { nowMs: number; windows: Windows },
): Standing {
  const amount = (first: number) => ({
    tokens: BigInt(numbers[first] ?? 0),
    costUsdNanos: BigInt(numbers[first + 1] ?? 0),
  });
  const balances = accounts.map((_, index): Balance => ({ used: amount(4 * index), reserved: amount(4 * index + 2) }));
  const ofMeters = 4 * accounts.length;
  const buckets = meters.map((_, index): Bucket => {
    const [level, held] = [numbers[ofMeters + 2 * index], numbers[ofMeters + 2 * index + 1]];
    return { ...emptyBucket, level: Number(level), held: Number(held) };
  });
  return { books: { balances, buckets }, ...at };
}
