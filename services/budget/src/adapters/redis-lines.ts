import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import { type BookedLine, type LedgerLine, presumptionLine } from "../domain/ledger.ts";

/** A line as a settlement hands it to its script: JSON text; amounts are numbers, exact below 2^53. The script adds the rest. */
export function fromLine({ requestId: _, ...line }: LedgerLine): string {
  return JSON.stringify(line, (_key, value) => (typeof value === "bigint" ? Number(value) : value));
}

/** An entry of a tenant's stream: see lua/common.lua. */
export function toLine([id, entry]: readonly [id: string, entry: readonly string[]], offset: number): BookedLine {
  const fields = new Map<string, string>();
  for (let at = 0; at < entry.length; at += 2) fields.set(entry[at] as string, entry[at + 1] as string);
  const field = (name: string) => fields.get(name) as string;
  return {
    ...(fields.has("line") ? toSettledLine(field) : toPresumptionLine(field)),
    sequence: BigInt(Number.parseInt(id, 10) + offset),
    bookedAt: new Date(Number(field("at"))),
    dayMs: Number(field("day")),
  };
}

function toSettledLine(field: (name: string) => string): LedgerLine {
  const line = JSON.parse(field("line"));
  return {
    ...line,
    promptPrefix: line.promptPrefix ?? "",
    requestId: field("request"),
    usage: line.usage && {
      ...line.usage,
      inputTokens: BigInt(line.usage.inputTokens),
      cachedInputTokens: BigInt(line.usage.cachedInputTokens),
      outputTokens: BigInt(line.usage.outputTokens),
      reasoningTokens: BigInt(line.usage.reasoningTokens),
    },
    costUsdNanos: BigInt(line.costUsdNanos),
    baselineCostUsdNanos: BigInt(line.baselineCostUsdNanos),
  };
}

function toPresumptionLine(field: (name: string) => string): LedgerLine {
  const amount = { tokens: BigInt(field("tokens")), costUsdNanos: BigInt(field("cost")) };
  const outcome = field("outcome") as "presumed" | "corrected";
  return presumptionLine(outcome, field("request"), JSON.parse(field("caller")) as Caller, amount);
}
