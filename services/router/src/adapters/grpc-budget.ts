import {
  type Refusal as BudgetRefusal,
  type BudgetServiceDefinition,
  ReleaseRequest,
  ReserveRequest,
  SettleRequest,
} from "@switchyard/contracts/budget/v1/budget";
import { type Client, RpcError } from "@switchyard/rpc";
import { Refusal } from "../domain/refusal.ts";
import type { Budget } from "../ports.ts";

const reserveTimeoutMs = 2_000;
const settleTimeoutMs = 5_000;

/** The budget service over gRPC. */
export function grpcBudget(client: Client<BudgetServiceDefinition>): Budget {
  return {
    async reserve(requestId, caller, amount, { signal, deadline }) {
      const request = ReserveRequest.fromPartial({ requestId, caller, amount });
      const patience = { signal, deadline: Math.min(deadline, Date.now() + reserveTimeoutMs) };
      const { verdict } = await client.reserve(request, patience).catch((error: unknown) => {
        throw asRefusal(error, signal);
      });
      if (verdict?.$case === "refusal") throw exhausted(verdict.value);
    },
    async settle(settlement) {
      await client.settle(SettleRequest.fromPartial({ ...settlement, attempts: [...settlement.attempts] }), {
        deadline: Date.now() + settleTimeoutMs,
      });
    },
    async release(requestId, caller) {
      await client.release(ReleaseRequest.fromPartial({ requestId, caller }), {
        deadline: Date.now() + settleTimeoutMs,
      });
    },
  };
}

function asRefusal(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return new Refusal("CANCELLED", "the caller cancelled the call");
  if (!(error instanceof RpcError) || error.reason === "INVALID_REQUEST") return error;
  return new Refusal("BUDGET_UNAVAILABLE", "the budget service cannot be reached, and without it nothing is spent", {
    retryAfterMs: 1_000,
  });
}

function exhausted(refusal: BudgetRefusal): Refusal {
  const { limit, allowed, used, reserved, requested, unit, resetsAt } = refusal;
  const amount = (value: bigint) => (unit === "usd_nanos" ? `${Number(value) / 1e9} USD` : `${value} tokens`);
  const left = allowed - used - reserved;
  return new Refusal(
    "BUDGET_EXHAUSTED",
    `the budget ${limit} has ${amount(left > 0n ? left : 0n)} left of ${amount(allowed)} (${amount(used)} used, ` +
      `${amount(reserved)} reserved), and this request may need ${amount(requested)}; ` +
      `it resets at ${resetsAt?.toISOString() ?? "an unknown time"}. ` +
      "A lower max_tokens or a shorter prompt reserves less; the operator can raise the limit.",
    {
      limit,
      retryAfterMs: resetsAt ? Math.max(0, resetsAt.getTime() - Date.now()) : undefined,
      metadata: {
        limit,
        unit,
        allowed: String(allowed),
        used: String(used),
        reserved: String(reserved),
        requested: String(requested),
        resets_at: resetsAt?.toISOString() ?? "",
      },
    },
  );
}
