import { ChatRequest, ChatResponse, type Usage } from "@switchyard/contracts/type/v1/chat";
import type { RoutingReport } from "@switchyard/contracts/type/v1/routing";
import type { CascadePolicy } from "../domain/cascade/plan.ts";
import type { Catalogue, CatalogueModel } from "../domain/catalogue.ts";
import type { DecisionPolicy } from "../domain/decide.ts";
import type { ResiliencePolicy } from "../domain/dispatch/resilience.ts";
import type { Incoming, Prompt } from "../domain/request.ts";
import { shape } from "../domain/shape.ts";
import type { Clock, Observer } from "../ports.ts";

// What the tests of the domain share.

export function model(id: string, change: Partial<CatalogueModel> = {}): CatalogueModel {
  return {
    id,
    deployments: [{ model: id, provider: "somewhere", rank: 0, weight: 1 }],
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
  const caller = { tenant: "acme", user: "", feature: "", labels: {}, budgetTier: "pro", organisation: "", apiKey: "" };
  return shape(incoming(change, chat), caller, { estimateTokens, requestId: "request-1", traceId: "", arrivedUs: 0 });
}

export interface FakeClock extends Clock {
  /** What is still to run. */
  timerCount(): number;
  /** Milliseconds that were slept, in order. */
  readonly slept: number[];
  advance(milliseconds: number): void;
}

/** A clock that starts at 0 and moves only when told, or when something sleeps. */
export function fakeClock(): FakeClock {
  let nowMs = 0;
  const slept: number[] = [];
  const timers = new Set<{ readonly atMs: number; readonly run: () => void }>();
  const advance = (milliseconds: number) => {
    const untilMs = nowMs + milliseconds;
    for (;;) {
      const [due] = [...timers].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
      if (!due) break;
      timers.delete(due);
      nowMs = Math.max(nowMs, due.atMs);
      due.run();
    }
    nowMs = untilMs;
  };
  return {
    slept,
    timerCount: () => timers.size,
    now: () => nowMs,
    monotonicUs: () => nowMs * 1_000,
    advance,
    after(milliseconds, run) {
      const timer = { atMs: nowMs + milliseconds, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      advance(milliseconds);
    },
  };
}

/** The configuration's defaults. */
export const resiliencePolicy: ResiliencePolicy = {
  retry: {
    attemptsPerModel: 2,
    backoffMs: 200,
    maxBackoffMs: 2_000,
    maxRetryAfterMs: 5_000,
    budget: { share: 0.05, floor: 10, windowMs: 10_000 },
  },
  breaker: {
    windowMs: 30_000,
    minAttempts: 5,
    failureRate: 0.5,
    slowMs: 60_000,
    slowRate: 0.8,
    openMs: 5_000,
    maxOpenMs: 60_000,
  },
  stream: { holdBackTokens: 0, holdBackMs: 200, continueBroken: true },
  hedging: { enabled: false, percentile: 0.95, minSamples: 20, minDelayMs: 50, share: 0.1 },
};

/** Cascades for everything, streams included; schemas and patterns are fulfilled. */
export const cascadePolicy: CascadePolicy = {
  ...{ enabled: true, tasks: new Set(), streams: true, minSaving: 0.1, minMeanLogprob: -0.8 },
  ...{ sampleTwiceUpToTokens: 0, judge: undefined },
  validator: { mismatch: () => undefined, matches: () => true },
};

/** Writes down what it is told of. */
export function recordingObserver(): Observer & { readonly reports: RoutingReport[]; readonly events: string[] } {
  const reports: RoutingReport[] = [];
  const events: string[] = [];
  return {
    reports,
    events,
    report: (_prompt, story) => void reports.push(story),
    fellBack: (from, to, cause) => void events.push(`${from} fell back to ${to}: ${cause}`),
    hedged: (slow, beside) => void events.push(`${beside} beside ${slow}`),
    continued: ({ fromModel, model, method }) => void events.push(`${model} goes on for ${fromModel} by ${method}`),
    breakerChanged: ({ model }, { state }) => void events.push(`${model} ${state}`),
    opined: (model, verdict) => void events.push(`opinion of ${model} ${verdict}`),
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
