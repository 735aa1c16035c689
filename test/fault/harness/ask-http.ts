import type { TestNetwork } from "@switchyard/test-e2e/network";
import { keys } from "@switchyard/test-e2e/network/config";
import {
  type Heard,
  type HeardAttempt,
  type HeardError,
  type HeardReport,
  type Hearing,
  nothingHeard,
  type Question,
} from "./heard.ts";

/** An answer, a chunk or an error as it stands in the JSON. */
interface Body {
  readonly model?: string;
  readonly choices?: readonly {
    readonly message?: { readonly content: string };
    readonly delta?: { readonly content?: string };
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
  readonly switchyard?: {
    readonly model: string;
    readonly provider: string;
    readonly cache: string;
    readonly attempts: readonly HeardAttempt[];
    readonly passed_over: readonly { readonly model: string; readonly reason: string }[];
    readonly cost_usd_nanos: number;
    readonly continuations: readonly {
      readonly from_model: string;
      readonly model: string;
      readonly method: string;
      readonly after_characters: number;
    }[];
    /** Alone: news in the middle of a stream. */
    readonly continuation?: object;
  };
  readonly error?: {
    readonly message: string;
    readonly switchyard: { readonly reason: string; readonly metadata: Record<string, string> };
  };
}

/** Asks over HTTP and listens until the connection has nothing more to say. */
export async function askHttp({ httpUrl }: TestNetwork, question: Question, isStreamed: boolean): Promise<Heard> {
  const heard = nothingHeard();
  const { model, text, feature, traceId, deadlineMs, signal } = question;
  try {
    const response = await fetch(`${httpUrl}/v1/chat/completions`, {
      method: "POST",
      signal,
      headers: {
        authorization: `Bearer ${keys.acme}`,
        "content-type": "application/json",
        traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
        "x-switchyard-feature": feature,
        "x-switchyard-latency-ms": String(deadlineMs),
      },
      body: JSON.stringify({
        model,
        messages: [{ role: "user", content: text }],
        ...(isStreamed && { stream: true, stream_options: { include_usage: true } }),
      }),
    });
    heard.announcedModel = response.headers.get("x-switchyard-model") ?? undefined;
    const isEvents = response.headers.get("content-type")?.includes("event-stream") ?? false;
    if (isEvents) await hearEvents(heard, question, response);
    else {
      hear(heard, question, (await response.json()) as Body, response);
      heard.hasEndedCleanly = response.ok;
    }
  } catch (error) {
    // A stream that broke off ends with a cut connection; what it said before that stands.
    if (signal.aborted) heard.error ??= gone;
    else if (heard.error === undefined) throw error;
  }
  return heard;
}

const gone: HeardError = {
  reason: "CANCELLED",
  status: undefined,
  message: "hung up",
  metadata: {},
  retryAfterMs: undefined,
};

async function hearEvents(heard: Hearing, question: Question, response: Response): Promise<void> {
  let unread = "";
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? []) {
    unread += decoder.decode(bytes, { stream: true });
    const events = unread.split("\n\n");
    unread = events.pop() ?? "";
    for (const data of events.map((event) => event.slice("data: ".length))) {
      if (data === "[DONE]") heard.hasEndedCleanly = true;
      else hear(heard, question, JSON.parse(data) as Body, undefined);
    }
  }
}

function hear(heard: Hearing, { onText }: Question, body: Body, response: Response | undefined): void {
  const choice = body.choices?.[0];
  const text = choice?.message?.content ?? choice?.delta?.content;
  heard.text += text ?? "";
  heard.answeringModel = body.model ?? heard.answeringModel;
  heard.finishReason = choice?.finish_reason ?? heard.finishReason;
  if (body.usage) {
    heard.usage = { inputTokens: body.usage.prompt_tokens, outputTokens: body.usage.completion_tokens };
  }
  if (body.switchyard?.continuation) heard.newsAt = [...heard.newsAt, heard.text.length];
  else if (body.switchyard) heard.report = reportOf(body.switchyard);
  if (body.error) heard.error = errorOf(body.error, response);
  if (text) onText(heard.text.length);
}

function errorOf({ message, switchyard }: NonNullable<Body["error"]>, response: Response | undefined): HeardError {
  const retryAfter = response?.headers.get("retry-after");
  return {
    reason: switchyard.reason,
    status: response?.status,
    message,
    metadata: switchyard.metadata,
    retryAfterMs: retryAfter ? Number(retryAfter) * 1000 : undefined,
  };
}

function reportOf({
  model,
  provider,
  cache,
  attempts,
  cost_usd_nanos,
  continuations,
  passed_over,
}: NonNullable<Body["switchyard"]>): HeardReport {
  return {
    model,
    provider,
    cache: cache === "miss" ? "miss" : cache === "hit-exact" ? "hit" : "other",
    attempts,
    costUsdNanos: BigInt(cost_usd_nanos),
    passedOver: passed_over,
    continuations: continuations.map(({ from_model, model, method, after_characters }) => ({
      from: from_model,
      to: model,
      method,
      afterCharacters: after_characters,
    })),
  };
}
