import { setTimeout as sleep } from "node:timers/promises";
import { CompleteRequest, StreamCompleteRequest } from "@switchyard/contracts/router/v1/router";
import type { RoutingReport } from "@switchyard/contracts/vocabulary/routing";
import { Metadata, RpcError } from "@switchyard/rpc";
import { keys } from "./chaos-config.ts";
import type { Platform } from "./platform.ts";
import { pick, type Random } from "./random.ts";

/** A request through a router, and what its caller knows of it. */
export interface Question {
  /** Stands in its prompt and in its labels: `q17.`. */
  readonly id: string;
  readonly tenant: string;
  readonly user: string;
  end: "unknown" | "answered" | "refused" | "hung up" | "failed";
}

export interface Asking {
  readonly platform: Platform;
  readonly random: Random;
  readonly isOver: () => boolean;
}

const deadlineMs = 8_000;
const tenants = Object.keys(keys);
/** Users share a limit that a few of them exhaust; then come others. */
const usersAtOnce = 3;
const userLifeMs = 2_500;

/** A caller that asks one question after the other, now and then goes away in the middle, and tries nothing twice. */
export async function ask({ platform, random, isOver }: Asking, name: number, asked: Question[]): Promise<void> {
  const began = Date.now();
  while (!isOver()) {
    const tenant = pick(tenants, random);
    const user = `${Math.floor((Date.now() - began) / userLifeMs)}-${random(usersAtOnce)}`;
    const question: Question = { id: `q${name}-${asked.length}.`, tenant, user, end: "unknown" };
    asked.push(question);
    const hangUpAfterMs = random(8) === 0 ? random(150) : undefined;
    try {
      question.end = await put(platform, question, random, hangUpAfterMs);
    } catch (error) {
      const isRefused = error instanceof RpcError && error.reason === "BUDGET_EXHAUSTED";
      question.end = hangUpAfterMs !== undefined ? "hung up" : isRefused ? "refused" : "failed";
      await sleep(isRefused ? 100 : 30);
    }
  }
}

async function put(platform: Platform, question: Question, random: Random, hangUpAfterMs: number | undefined) {
  const router = pick(platform.routers, random);
  const { id, tenant, user } = question;
  const text = `Question ${id} ${"Tell me more about it, please. ".repeat(1 + random(4))}`;
  const request = {
    chat: {
      model: "gpt-4o",
      maxTokens: 8 + random(56),
      messages: [{ role: "ROLE_USER" as const, content: [{ part: { $case: "text" as const, value: text } }] }],
    },
    caller: { tenant, user, labels: { question: id } },
    hints: { cachePolicy: "CACHE_POLICY_NO_STORE" as const },
  };
  const caller = new AbortController();
  const timer = hangUpAfterMs === undefined ? undefined : setTimeout(() => caller.abort(), hangUpAfterMs);
  const options = {
    metadata: Metadata().set("authorization", `Bearer ${keys[tenant]}`),
    deadline: Date.now() + deadlineMs,
    signal: caller.signal,
  };
  try {
    let routing: RoutingReport | undefined;
    if (random(2) === 0) ({ routing } = await router.complete(CompleteRequest.fromPartial(request), options));
    else {
      for await (const message of router.streamComplete(StreamCompleteRequest.fromPartial(request), options)) {
        routing = message.routing ?? routing;
      }
    }
    return routing ? "answered" : "failed";
  } finally {
    clearTimeout(timer);
  }
}
