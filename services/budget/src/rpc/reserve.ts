import type { ReserveRequest, ReserveResponse } from "@switchyard/contracts/budget/v1/budget";
import { invalidRequest } from "@switchyard/rpc";
import { type LimitPolicy, limitsFor } from "../domain/limits.ts";
import type { BudgetStore, ReserveVerdict } from "../ports.ts";
import { countable, inRange, payer, required } from "./checks.ts";

export interface ReserveOptions {
  readonly policy: LimitPolicy;
  /** Lease of a reservation that asks for none. */
  readonly leaseSeconds: number;
}

/** Answers BudgetService.Reserve. */
export function reserveHandler(store: BudgetStore, { policy, leaseSeconds }: ReserveOptions) {
  return async (request: ReserveRequest): Promise<ReserveResponse> => {
    const { requestId, amount } = request;
    const caller = payer(request.caller, [
      required("request_id", requestId),
      amount === undefined ? { field: "amount", description: "is required" } : undefined,
      countable("amount.tokens", amount?.tokens ?? 0n),
      countable("amount.cost_usd_nanos", amount?.costUsdNanos ?? 0n),
      inRange("lease_seconds", request.leaseSeconds, 0, 86_400),
    ]);
    const limits = limitsFor(caller, caller.budgetTier, policy);
    if (limits === undefined || amount === undefined) {
      throw invalidRequest({ field: "caller.budget_tier", description: "is no tier of the configuration" });
    }
    const leaseMs = (request.leaseSeconds || leaseSeconds) * 1_000;
    return toResponse(await store.reserve({ requestId, caller, amount, leaseMs, limits }));
  };
}

function toResponse(verdict: ReserveVerdict): ReserveResponse {
  if (verdict.granted) {
    return { verdict: { $case: "reservation", value: { expiresAt: verdict.expiresAt } } };
  }
  const { limit, used, reserved, requested, resetsAt } = verdict;
  const { name, allowed, unit } = limit;
  const refusal = { limit: name, allowed, used, reserved, requested, unit, resetsAt };
  return { verdict: { $case: "refusal", value: refusal } };
}
