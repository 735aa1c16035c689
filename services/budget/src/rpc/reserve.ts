import type { ReserveRequest, ReserveResponse, TierBound } from "@switchyard/contracts/budget/v1/budget";
import { invalidRequest } from "@switchyard/rpc";
import { type Amount, nothing } from "../domain/amount.ts";
import { isModelTier, type ModelTier } from "../domain/tally.ts";
import type { TermsOf } from "../domain/terms.ts";
import type { BudgetStore, DatedShortage, ReserveVerdict } from "../ports.ts";
import { callerFindings, countable, type Finding, inRange, payer, required, short } from "./checks.ts";

export interface ReserveOptions {
  readonly termsOf: TermsOf;
  /** Lease of a reservation that asks for none. */
  readonly leaseSeconds: number;
}

/** Answers BudgetService.Reserve. */
export function reserveHandler(store: BudgetStore, { termsOf, leaseSeconds }: ReserveOptions) {
  return async (request: ReserveRequest): Promise<ReserveResponse> => {
    const { requestId, amount, tiers } = request;
    const caller = payer(request.caller, [
      required("request_id", requestId),
      short("request_id", requestId),
      amount === undefined ? { field: "amount", description: "is required" } : undefined,
      ...amountFindings("amount", amount),
      inRange("lease_seconds", request.leaseSeconds, 0, 86_400),
      ...tiers.flatMap(tierFindings),
      ...(request.caller ? callerFindings(request.caller) : []),
    ]);
    const terms = termsOf(caller, caller.budgetTier);
    if (terms === undefined || amount === undefined) {
      throw invalidRequest({ field: "caller.budget_tier", description: "is no tier of the configuration" });
    }
    const byTier: Partial<Record<ModelTier, Amount>> = {};
    for (const { tier, amount } of tiers) byTier[tier as ModelTier] = amount ?? nothing;
    const verdict = await store.reserve({
      requestId,
      caller,
      bound: { all: amount, byTier },
      firstTier: tiers[0]?.tier as ModelTier | undefined,
      isRouted: request.routed,
      leaseMs: (request.leaseSeconds || leaseSeconds) * 1_000,
      terms,
    });
    return toResponse(verdict);
  };
}

function amountFindings(field: string, amount: Amount | undefined): Finding[] {
  return [
    countable(`${field}.tokens`, amount?.tokens ?? 0n),
    countable(`${field}.cost_usd_nanos`, amount?.costUsdNanos ?? 0n),
  ];
}

function tierFindings({ tier, amount }: TierBound, index: number, all: readonly TierBound[]): Finding[] {
  const field = `tiers[${index}]`;
  const isRepeated = all.findIndex((other) => other.tier === tier) !== index;
  return [
    isModelTier(tier) ? undefined : { field: `${field}.tier`, description: "is not a known tier" },
    isRepeated ? { field: `${field}.tier`, description: "stands here twice" } : undefined,
    ...amountFindings(`${field}.amount`, amount),
  ];
}

function toResponse(verdict: ReserveVerdict): ReserveResponse {
  switch (verdict.verdict) {
    case "granted": {
      const { expiresAt, isGrace } = verdict;
      const warnings = verdict.warnings.map(({ limit, share }) => ({ limit: limit.name, share }));
      return { verdict: { $case: "reservation", value: { expiresAt, warnings, grace: isGrace } } };
    }
    case "refused":
      return { verdict: { $case: "refusal", value: refusalOf(verdict.shortage) } };
    case "narrowed": {
      const { tiers, because, shortage } = verdict;
      const refusal = shortage && refusalOf(shortage);
      const value = { tiers: [...tiers], limit: because.limit.name, share: because.share, refusal };
      return { verdict: { $case: "narrowing", value } };
    }
  }
}

function refusalOf({ limit, used, reserved, requested, endsAt, retryAfterMs }: DatedShortage) {
  const { name, allowed, unit } = limit;
  return {
    limit: name,
    allowed,
    used,
    reserved,
    requested,
    unit,
    resetsAt: endsAt,
    retryAfterMs: BigInt(retryAfterMs ?? 0),
  };
}
