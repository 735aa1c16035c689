import type { Windows } from "../domain/calendar.ts";
import type { Limit } from "../domain/limits.ts";
import { endOfShortage } from "../domain/shortage.ts";
import { modelTiers, rankOf } from "../domain/tally.ts";
import type { DatedShortage, ReserveOrder, ReserveVerdict, ScopeUsage } from "../ports.ts";
import type { Reply, ReserveReply, ShortageReply } from "./redis-scripts.ts";

/** What the reserve script answered, in the words of the port. */
export function toVerdict(
  { terms: { terms } }: ReserveOrder,
  reply: Exclude<ReserveReply, readonly ["clock", string]>,
  windows: Windows,
): ReserveVerdict {
  const limitAt = (term: number | string) => terms[Number(term)]?.limit as Limit;
  const shortage = ([term, used, reserved, requested, waitMs, nowMs]: ShortageReply): DatedShortage => {
    const short = {
      limit: limitAt(term),
      used: BigInt(used),
      reserved: BigInt(reserved),
      requested: BigInt(requested),
      waitMs: waitMs === "-1" ? undefined : Number(waitMs),
    };
    return { ...short, ...endOfShortage(short, Number(nowMs), windows) };
  };
  switch (reply[0]) {
    case "granted": {
      const [, expiresAtMs, ...pairs] = reply;
      const warnings = [];
      for (let at = 0; at < pairs.length; at += 2) {
        warnings.push({ limit: limitAt(pairs[at] as number), share: Number(pairs[at + 1]) });
      }
      return { verdict: "granted", expiresAt: new Date(Number(expiresAtMs)), warnings, isGrace: false };
    }
    case "refused": {
      const [, ...short] = reply;
      return { verdict: "refused", shortage: shortage(short) };
    }
    case "narrowed": {
      const [, mask, term, share, ...short] = reply;
      return {
        verdict: "narrowed",
        tiers: modelTiers.filter((tier) => mask & (1 << (rankOf(tier) - 1))),
        because: { limit: limitAt(term), share: Number(share) },
        shortage: short.length > 0 ? shortage(short as ShortageReply) : undefined,
      };
    }
  }
}

/** What the usage script answered. */
export function toUsage(reply: Exclude<Reply<"usage">, readonly ["clock", string]>, { day }: Windows): ScopeUsage {
  const [, usedTokens, usedCost, reservedTokens, reservedCost] = reply;
  return {
    used: { tokens: BigInt(usedTokens), costUsdNanos: BigInt(usedCost) },
    reserved: { tokens: BigInt(reservedTokens), costUsdNanos: BigInt(reservedCost) },
    resetsAt: new Date(day.endMs),
  };
}
