import { ChatRequest, ChatResponse, type Usage } from "@switchyard/contracts/type/v1/chat";
import type { Catalogue, CatalogueModel } from "../domain/catalogue.ts";
import type { DecisionPolicy } from "../domain/decide.ts";
import type { Incoming, Prompt } from "../domain/request.ts";
import { shape } from "../domain/shape.ts";
import type { Clock } from "../ports.ts";

// What the tests of the domain share.

export function model(id: string, change: Partial<CatalogueModel> = {}): CatalogueModel {
  return {
    id,
    provider: "somewhere",
    tier: "TIER_STANDARD",
    contextWindow: 128_000,
    maxOutputTokens: 8_192,
    capabilities: new Set(["tools", "json_schema"]),
    maxSensitivity: "SENSITIVITY_CONFIDENTIAL",
    prices: { input: 500, cachedInput: 250, output: 2_000 },
    fallbacks: [],
    ...change,
  };
}

export const economy = model("small", {
  tier: "TIER_ECONOMY",
  contextWindow: 32_000,
  prices: { input: 10, cachedInput: 10, output: 10 },
});
export const standard = model("middle");
export const premium = model("large", {
  tier: "TIER_PREMIUM",
  capabilities: new Set(["tools", "json_schema", "vision"]),
  prices: { input: 2_500, cachedInput: 1_250, output: 10_000 },
  fallbacks: ["middle"],
});

export function catalogue(...models: CatalogueModel[]): Catalogue {
  return {
    models,
    byId: new Map(models.map((entry) => [entry.id, entry])),
    baseline: { id: premium.id, prices: premium.prices },
  };
}

export const policy: DecisionPolicy = {
  catalogue: catalogue(economy, standard, premium),
  qualityTarget: 0.9,
  maxCandidates: 4,
  defaultMaxOutputTokens: 4_096,
};

export function incoming(
  change: Partial<Incoming> = {},
  chat: Parameters<typeof ChatRequest.create>[0] = {},
): Incoming {
  return {
    chat: ChatRequest.create({
      model: "auto",
      messages: [
        { role: "ROLE_USER", content: [{ part: { $case: "text", value: "What is the capital of France?" } }] },
      ],
      ...chat,
    }),
    caller: undefined,
    hints: undefined,
    idempotencyKey: "",
    credentials: { authorization: undefined, isLocal: true },
    isStreamed: false,
    signal: new AbortController().signal,
    deadline: 60_000,
    ...change,
  };
}

export const estimateTokens = (text: string) => Math.ceil(text.length / 4);

export function prompt(change: Partial<Incoming> = {}, chat: Parameters<typeof ChatRequest.create>[0] = {}): Prompt {
  const caller = { tenant: "acme", user: "", feature: "", labels: {}, budgetTier: "pro" };
  return shape(incoming(change, chat), caller, { estimateTokens, requestId: "request-1", traceId: "", arrivedUs: 0 });
}

export interface FakeClock extends Clock {
  /** Milliseconds that were slept, in order. */
  readonly slept: number[];
  advance(milliseconds: number): void;
}

/** A clock that starts at 0 and moves only when told, or when something sleeps. */
export function fakeClock(): FakeClock {
  let nowMs = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => nowMs,
    monotonicUs: () => nowMs * 1_000,
    advance: (milliseconds) => {
      nowMs += milliseconds;
    },
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      nowMs += milliseconds;
    },
  };
}

export const usage = (inputTokens: bigint, outputTokens: bigint): Usage => ({
  inputTokens,
  cachedInputTokens: 0n,
  outputTokens,
  reasoningTokens: 0n,
  extraJson: "",
});

export function response(text: string, finishReason = "stop"): ChatResponse {
  return ChatResponse.fromPartial({
    id: "answer-1",
    model: "upstream",
    choices: [
      {
        message: { role: "ROLE_ASSISTANT", content: [{ part: { $case: "text", value: text } }] },
        finishReason,
      },
    ],
    usage: usage(10n, 20n),
  });
}
