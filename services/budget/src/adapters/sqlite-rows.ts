import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { CacheVerdict, Task, Tier } from "@switchyard/contracts/vocabulary/routing";
import type { BookedLine, LedgerLine } from "../domain/ledger.ts";
import type { Group, Name } from "../domain/report.ts";
import type { Counting, Phase, RequestRecord } from "../domain/request.ts";
import type { ModelTier, Tally } from "../domain/tally.ts";
import { measures, type Totals } from "../domain/totals.ts";
import { fromTally, toTally } from "./tally-json.ts";

export interface AccountRow {
  readonly used_tokens: bigint;
  readonly used_cost: bigint;
  readonly reserved_tokens: bigint;
  readonly reserved_cost: bigint;
}

export interface MeterRow {
  readonly level: bigint;
  readonly at_us: bigint;
  readonly held: bigint;
}

export interface RequestRow {
  readonly request_id: string;
  readonly phase: Phase;
  readonly expires_at_ms: bigint;
  readonly settled_tokens: bigint;
  readonly settled_cost: bigint;
  readonly caller: string;
  readonly first_tier: ModelTier | null;
  readonly reserved: string;
  readonly counting: string | null;
}

export interface LedgerRow {
  readonly sequence: bigint;
  readonly booked_at_ms: bigint;
  readonly request_id: string;
  readonly caller: string;
  readonly model: string;
  readonly provider: string;
  readonly outcome: string;
  readonly input_tokens: bigint | null;
  readonly cached_input_tokens: bigint;
  readonly output_tokens: bigint;
  readonly reasoning_tokens: bigint;
  readonly usage_extra: string;
  readonly usage_estimated: bigint;
  readonly cost_usd_nanos: bigint;
  readonly baseline_cost_usd_nanos: bigint;
  readonly cache_verdict: CacheVerdict;
  readonly task: Task;
  readonly tier: Tier;
  readonly wasted: bigint;
  readonly hedge: bigint;
  readonly request_count: bigint;
  readonly day_ms: bigint;
  readonly prompt_prefix: string;
}

export function toRecord(row: RequestRow): RequestRecord {
  return {
    phase: row.phase,
    counting: row.counting === null ? undefined : (JSON.parse(row.counting) as Counting),
    reserved: toTally(row.reserved),
    firstTier: row.first_tier ?? undefined,
    expiresAtMs: Number(row.expires_at_ms),
    caller: JSON.parse(row.caller) as Caller,
    settled: { tokens: row.settled_tokens, costUsdNanos: row.settled_cost },
  };
}

const nothingReserved = fromTally({ all: { tokens: 0n, costUsdNanos: 0n }, byTier: {} } satisfies Tally);

/** In the order of the columns, the primary key first. What is settled needs no longer say where it was counted. */
export function fromRecord(requestId: string, record: RequestRecord): (string | number | bigint | null)[] {
  const isOver = record.phase === "settled";
  return [
    record.caller.tenant,
    requestId,
    record.phase,
    record.expiresAtMs,
    record.settled.tokens,
    record.settled.costUsdNanos,
    JSON.stringify(record.caller),
    record.firstTier ?? null,
    isOver ? nothingReserved : fromTally(record.reserved),
    isOver || record.counting === undefined ? null : JSON.stringify(record.counting),
  ];
}

export function toLine(row: LedgerRow): BookedLine {
  return {
    sequence: row.sequence,
    bookedAt: new Date(Number(row.booked_at_ms)),
    requestId: row.request_id,
    caller: JSON.parse(row.caller) as Caller,
    model: row.model,
    provider: row.provider,
    outcome: row.outcome,
    usage:
      row.input_tokens === null
        ? undefined
        : {
            inputTokens: row.input_tokens,
            cachedInputTokens: row.cached_input_tokens,
            outputTokens: row.output_tokens,
            reasoningTokens: row.reasoning_tokens,
            extraJson: row.usage_extra,
          },
    usageEstimated: row.usage_estimated !== 0n,
    costUsdNanos: row.cost_usd_nanos,
    baselineCostUsdNanos: row.baseline_cost_usd_nanos,
    cacheVerdict: row.cache_verdict,
    task: row.task,
    tier: row.tier,
    wasted: row.wasted !== 0n,
    hedge: row.hedge !== 0n,
    requestCount: Number(row.request_count) as LedgerLine["requestCount"],
    promptPrefix: row.prompt_prefix,
    dayMs: Number(row.day_ms),
  };
}

/** Has the columns that were grouped by. */
export interface TotalRow extends Totals, Readonly<Partial<Record<Name, string>>> {
  readonly dayMs?: bigint;
}

export function toGroup(row: TotalRow): Group {
  const { dayMs, organisation, tenant, feature, user, model } = row;
  const totals = Object.fromEntries(measures.map((measure) => [measure, row[measure]])) as Totals;
  return { dayMs: dayMs === undefined ? undefined : Number(dayMs), organisation, tenant, feature, user, model, totals };
}

/** In the order of the columns behind the sequence. */
export function fromLine(line: LedgerLine, dayMs: number, bookedAtMs: number): (string | number | bigint | null)[] {
  const { usage } = line;
  return [
    bookedAtMs,
    line.caller.tenant,
    line.requestId,
    JSON.stringify(line.caller),
    line.model,
    line.provider,
    line.outcome,
    usage?.inputTokens ?? null,
    usage?.cachedInputTokens ?? null,
    usage?.outputTokens ?? null,
    usage?.reasoningTokens ?? null,
    usage?.extraJson ?? null,
    line.usageEstimated ? 1 : 0,
    line.costUsdNanos,
    line.baselineCostUsdNanos,
    line.cacheVerdict,
    line.task,
    line.tier,
    line.wasted ? 1 : 0,
    line.hedge ? 1 : 0,
    line.requestCount,
    dayMs,
    line.promptPrefix,
  ];
}
