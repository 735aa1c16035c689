import {
  BudgetServiceDefinition,
  Refusal as RefusalMessage,
  type ReserveResponse,
} from "@switchyard/contracts/budget/v1/budget";
import { connect, RpcError, Status, service } from "@switchyard/rpc";
import { describe, expect, it } from "vitest";
import type { Refusal } from "../domain/refusal.ts";
import { toRpcError } from "../rpc/to-rpc-error.ts";
import { grpcBudget } from "./grpc-budget.ts";

const caller = { tenant: "acme", user: "", feature: "", labels: {}, budgetTier: "pro", organisation: "", apiKey: "" };
const order = { requestId: "r1", caller, bound: { all: { tokens: 1n, costUsdNanos: 1n }, tiers: [] }, isRouted: true };

/** Reserves at a service that answers so. */
async function reserve(verdict: NonNullable<ReserveResponse["verdict"]>) {
  const unexpected = async () => expect.unreachable();
  const own = service(BudgetServiceDefinition, {
    reserve: async () => ({ verdict }),
    settle: unexpected,
    release: unexpected,
    getUsage: unexpected,
    listLedger: unexpected,
    report: unexpected,
  });
  const { client } = connect(BudgetServiceDefinition, { inProcess: own, onUnforeseen: unexpected });
  const budget = grpcBudget(client, { failed: () => undefined, worked: () => undefined });
  return budget.reserve(order, { signal: new AbortController().signal, deadline: Date.now() + 60_000 });
}

const refuse = (fields: Partial<RefusalMessage>): Promise<Refusal> =>
  reserve({ $case: "refusal", value: RefusalMessage.create(fields) }).then(
    () => expect.unreachable(),
    (error: Refusal) => error,
  );

const ofDay = { limit: "tenant/acme/tokens_per_day", allowed: 10_000n, used: 9_000n, reserved: 500n, unit: "tokens" };

describe("the budget's refusal", () => {
  it("tells what is left, when it resets and what helps", async () => {
    const resetsAt = new Date(Date.UTC(2030, 0, 2));
    const { message } = await refuse({ ...ofDay, requested: 600n, resetsAt, retryAfterMs: 1_000n });
    expect(message).toBe(
      "the budget tenant/acme/tokens_per_day has 500 tokens left of 10000 tokens (9000 tokens used, 500 tokens reserved), " +
        "and this request may need 600 tokens; it resets at 2030-01-02T00:00:00.000Z. A lower max_tokens or a shorter prompt " +
        "reserves less; the operator can raise the limit.",
    );
  });

  it("says that waiting does not help where the request is larger than the limit", async () => {
    const refusal = await refuse({ ...ofDay, requested: 20_000n });
    expect(refusal.message).toContain("waiting does not help");
    expect(refusal.details.retryAfterMs).toBeUndefined();
  });

  it("of a rate says when there is room again, in requests or one request", async () => {
    const at = new Date(Date.UTC(2030, 0, 2));
    const rate = { limit: "user/acme/jane/requests_per_minute", allowed: 3n, used: 3n, unit: "requests" };
    const { message } = await refuse({ ...rate, requested: 1n, resetsAt: at, retryAfterMs: 18_000n });
    expect(message).toContain("may need 1 request; there is room again at 2030-01-02T00:00:00.000Z. Fewer requests");
  });

  it("writes money out to the last nano-dollar", async () => {
    const money = { limit: "tenant/acme/usd_per_day", unit: "usd_nanos", allowed: 1_000_000_000n, used: 999_999_920n };
    const { message } = await refuse({ ...money, requested: 81n });
    expect(message).toContain("has 0.00000008 USD left of 1 USD (0.99999992 USD used");
    expect(message).toContain("may need 0.000000081 USD");
  });

  it("reaches callers as RESOURCE_EXHAUSTED with QuotaFailure, RetryInfo and every number", async () => {
    const resetsAt = new Date(Date.UTC(2030, 0, 2));
    const error = toRpcError(await refuse({ ...ofDay, requested: 600n, resetsAt, retryAfterMs: 43_200_000n }));
    expect(error).toBeInstanceOf(RpcError);
    expect(error).toMatchObject({
      code: Status.RESOURCE_EXHAUSTED,
      reason: "BUDGET_EXHAUSTED",
      retryDelayMs: 43_200_000,
      quotaViolations: [{ subject: ofDay.limit }],
      metadata: { limit: ofDay.limit, used: "9000", reserved: "500", requested: "600", allowed: "10000" },
    });
  });
});

describe("the budget's advice", () => {
  const narrowing = { tiers: ["TIER_ECONOMY" as const], limit: ofDay.limit, share: 0.956, refusal: undefined };

  it("says how full the budget is where it only advises", async () => {
    expect(await reserve({ $case: "narrowing", value: narrowing })).toMatchObject({
      kind: "narrowed",
      because: "the budget tenant/acme/tokens_per_day is 95% used, so cheaper models are asked",
    });
  });

  it("says what is left and what would be needed where a tier has too little", async () => {
    const refusal = RefusalMessage.create({ ...ofDay, used: 0n, reserved: 0n, requested: 20_000n });
    expect(await reserve({ $case: "narrowing", value: { ...narrowing, share: 0, refusal } })).toMatchObject({
      because:
        "the budget tenant/acme/tokens_per_day has 10000 tokens left and this request may need 20000 tokens, so other models are asked",
      refusal: { reason: "BUDGET_EXHAUSTED" },
    });
  });
});
