import type {
  Refusal as BudgetRefusal,
  BudgetServiceDefinition,
  Narrowing,
  Reservation,
} from "@switchyard/contracts/budget/v1/budget";
import { type Client, RpcError } from "@switchyard/rpc";
import { refuseWhenOver } from "../domain/dispatch/refusals.ts";
import { Refusal } from "../domain/refusal.ts";
import type { Budget, Reserved } from "../ports.ts";
import type { OutageLog } from "./outage-log.ts";
import { systemClock } from "./system-clock.ts";

const reserveTimeoutMs = 2_000;
const settleTimeoutMs = 5_000;

/** The budget service over gRPC. */
export function grpcBudget(client: Client<BudgetServiceDefinition>, log: OutageLog): Budget {
  return {
    async reserve({ requestId, caller, bound, isRouted }, patience) {
      const { signal, deadline } = patience;
      const { all: amount, tiers } = bound;
      const request = { requestId, caller, amount, leaseSeconds: 0, tiers: [...tiers], routed: isRouted };
      const options = { signal, deadline: Math.min(deadline, Date.now() + reserveTimeoutMs) };
      const { verdict } = await client.reserve(request, options).catch((error: unknown) => {
        if (error instanceof RpcError && error.reason === "INVALID_REQUEST") throw error;
        refuseWhenOver(patience, systemClock);
        log.failed(error);
        throw unavailable();
      });
      log.worked();
      if (verdict?.$case === "refusal") throw exhausted(verdict.value);
      return verdict?.$case === "narrowing" ? narrowed(verdict.value) : granted(verdict?.value);
    },
    async settle(settlement) {
      const request = { ...settlement, attempts: [...settlement.attempts] };
      await client.settle(request, { deadline: Date.now() + settleTimeoutMs });
    },
    async release(requestId, caller) {
      await client.release({ requestId, caller }, { deadline: Date.now() + settleTimeoutMs });
    },
  };
}

function granted(reservation: Reservation | undefined): Reserved {
  const warnings = (reservation?.warnings ?? []).map(({ limit, share }) => fullness(limit, share));
  if (reservation?.grace) warnings.push("the budget store cannot be reached: the request draws on a bounded grace");
  return { kind: "granted", warnings };
}

function narrowed({ tiers, limit, share, refusal }: Narrowing): Reserved {
  const because = refusal
    ? `the budget ${limit} has ${leftOf(refusal)} left and this request may need ${amountOf(refusal.requested, refusal)}, so other models are asked`
    : `${fullness(limit, share)}, so cheaper models are asked`;
  return { kind: "narrowed", tiers, because, refusal: refusal && exhausted(refusal) };
}

const fullness = (limit: string, share: number) => `the budget ${limit} is ${Math.floor(share * 100)}% used`;

const unavailable = () =>
  new Refusal("BUDGET_UNAVAILABLE", "the budget service cannot be reached, and without it nothing is spent", {
    retryAfterMs: 1_000,
  });

const unitsOfOne: Readonly<Record<string, string>> = { tokens: "token", requests: "request" };

function amountOf(value: bigint, { unit }: BudgetRefusal): string {
  if (unit === "usd_nanos") return `${usd(value)} USD`;
  return `${value} ${value === 1n ? (unitsOfOne[unit] ?? unit) : unit}`;
}

/** Exact: no digit of a nano-dollar is lost, and none is written with an exponent. */
function usd(nanos: bigint): string {
  const digits = `${nanos % 1_000_000_000n}`.padStart(9, "0").replace(/0+$/, "");
  return digits === "" ? `${nanos / 1_000_000_000n}` : `${nanos / 1_000_000_000n}.${digits}`;
}

function leftOf(refusal: BudgetRefusal): string {
  const left = refusal.allowed - refusal.used - refusal.reserved;
  return amountOf(left > 0n ? left : 0n, refusal);
}

/** A day or month begins anew; a rate lets go little by little. */
const endOf = ({ limit }: BudgetRefusal, at: Date) =>
  limit.endsWith("_per_minute") ? `there is room again at ${at.toISOString()}` : `it resets at ${at.toISOString()}`;

function exhausted(refusal: BudgetRefusal): Refusal {
  const { limit, allowed, used, reserved, requested, unit, resetsAt, retryAfterMs } = refusal;
  const amount = (value: bigint) => amountOf(value, refusal);
  return new Refusal(
    "BUDGET_EXHAUSTED",
    `the budget ${limit} has ${leftOf(refusal)} left of ${amount(allowed)} (${amount(used)} used, ` +
      `${amount(reserved)} reserved), and this request may need ${amount(requested)}; ` +
      `${resetsAt ? endOf(refusal, resetsAt) : "it is larger than the limit, so waiting does not help"}. ` +
      `${unit === "requests" ? "Fewer requests a minute fit" : "A lower max_tokens or a shorter prompt reserves less"}; ` +
      "the operator can raise the limit.",
    {
      limit,
      retryAfterMs: retryAfterMs > 0n ? Number(retryAfterMs) : undefined,
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
