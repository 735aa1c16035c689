import { setTimeout as sleep } from "node:timers/promises";
import { ReleaseRequest, ReserveRequest, SettleRequest } from "@switchyard/contracts/budget/v1/budget";
import { RpcError } from "@switchyard/rpc";
import { directTenant, organisation } from "./chaos-config.ts";
import type { Platform } from "./platform.ts";
import { pick, type Random } from "./random.ts";

/** A request that reserves and settles by itself, each call up to three times at once and again until it is acknowledged. */
export interface DirectRequest {
  readonly id: string;
  readonly user: string;
  readonly bound: number;
  /** What it may be booked with in the end; empty: not known yet. */
  allowed: readonly number[];
  /** When its end was acknowledged, by Date.now(). */
  acknowledgedMs: number | undefined;
  /** What calls said that must say the same however often they are made. */
  contradiction: string | undefined;
}

export interface Calling {
  readonly platform: Platform;
  readonly random: Random;
  readonly isOver: () => boolean;
}

const patienceMs = 60_000;

export async function callDirectly({ platform, random, isOver }: Calling, name: number, made: DirectRequest[]) {
  while (!isOver()) {
    const bound = 20 + random(100);
    const user = `u${name}-${Math.floor(made.length / 6)}`;
    const request: DirectRequest = {
      id: `d${name}-${made.length}`,
      user,
      bound,
      allowed: [],
      acknowledgedMs: undefined,
      contradiction: undefined,
    };
    made.push(request);
    await live(platform, random, request);
    await sleep(random(60));
  }
}

async function live(platform: Platform, random: Random, request: DirectRequest): Promise<void> {
  const { id, user, bound } = request;
  const caller = { tenant: directTenant, user, organisation, budgetTier: "chaos" };
  const reserve = ReserveRequest.fromPartial({ requestId: id, caller, amount: { tokens: BigInt(bound) } });
  request.allowed = [0, bound];
  const verdicts = await repeated(platform, random, (budget, options) => budget.reserve(reserve, options));
  if (verdicts.length === 0) return;
  if (!verdicts.some(({ verdict }) => verdict?.$case === "reservation")) {
    // A refusal leaves nothing; calls without an answer may have been granted before or after it.
    return;
  }
  const fate = random(10);
  if (fate === 0) {
    // Abandoned: its lease ends, and it counts as spent.
    request.allowed = [bound];
  } else if (fate < 3) {
    const release = ReleaseRequest.fromPartial({ requestId: id, caller });
    const done = await repeated(platform, random, (budget, options) => budget.release(release, options));
    if (done.length > 0) request.allowed = [0];
  } else {
    const used = random(bound + 1);
    const usage = { inputTokens: BigInt(used) };
    const attempts = [{ model: "gpt-4o", provider: "simulated", outcome: "ok", usage }];
    const settle = SettleRequest.fromPartial({ requestId: id, caller, attempts, model: "gpt-4o" });
    request.allowed = [0, bound, used];
    const done = await repeated(platform, random, (budget, options) => budget.settle(settle, options));
    if (done.length > 0) request.allowed = [used];
    const others = done.filter(({ settled }) => settled?.tokens !== BigInt(used));
    if (others.length > 0) request.contradiction = `settled with ${used} tokens, told ${others[0]?.settled?.tokens}`;
  }
  request.acknowledgedMs = Date.now();
}

type Budget = Platform["budgets"][number];

/** Makes a call up to three times at once, on any replicas, until one is answered; resolves to the answers. */
async function repeated<T>(
  platform: Platform,
  random: Random,
  call: (budget: Budget, options: { deadline: number }) => Promise<T>,
): Promise<T[]> {
  const end = Date.now() + patienceMs;
  while (Date.now() < end) {
    const calls = Array.from({ length: 1 + random(3) }, () =>
      call(pick(platform.budgets, random), { deadline: Date.now() + 3_000 }),
    );
    const results = await Promise.allSettled(calls);
    const answers = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    if (answers.length > 0) return answers;
    for (const result of results) {
      if (result.status === "rejected" && !isPassing(result.reason)) throw result.reason;
    }
    await sleep(100);
  }
  return [];
}

function isPassing(error: unknown): boolean {
  return error instanceof RpcError && !["INVALID_REQUEST", "INTERNAL"].includes(error.reason);
}
