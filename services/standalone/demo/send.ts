import type OpenAI from "openai";
import { APIError } from "openai";
import type { ChatCompletionCreateParamsBase } from "openai/resources/chat/completions";
import { type Outcome, readReport } from "./outcome.ts";
import type { DemoRequest } from "./workload.ts";

export interface SendOptions {
  readonly client: OpenAI;
  /** Whether users may be named; an API key may already say for whom it acts. */
  readonly namesUsers: boolean;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Sends one request with the official client and measures what a caller sees. Never throws. */
export async function send(request: DemoRequest, options: SendOptions): Promise<Outcome> {
  try {
    return await (request.isStreamed ? sendStreamed(request, options) : sendWhole(request, options));
  } catch (error) {
    const status = error instanceof APIError ? (error.status ?? 0) : 0;
    return { ok: false, task: request.task, status, message: (error as Error).message };
  }
}

async function sendWhole(request: DemoRequest, { client, namesUsers, now, signal }: SendOptions): Promise<Outcome> {
  const start = now();
  const answer = await client.chat.completions.create(
    { ...bodyOf(request, namesUsers), stream: false },
    headersOf(request, signal),
  );
  const latencyMs = now() - start;
  return {
    ...sentWith(request),
    report: readReport((answer as { switchyard?: unknown }).switchyard),
    inputTokens: answer.usage?.prompt_tokens ?? 0,
    outputTokens: answer.usage?.completion_tokens ?? 0,
    latencyMs,
    firstTokenMs: undefined,
    fingerprint: answer.system_fingerprint ?? "",
  };
}

async function sendStreamed(request: DemoRequest, { client, namesUsers, now, signal }: SendOptions): Promise<Outcome> {
  const start = now();
  const stream = await client.chat.completions.create(
    { ...bodyOf(request, namesUsers), stream: true, stream_options: { include_usage: true } },
    headersOf(request, signal),
  );
  let firstTokenMs: number | undefined;
  let usage: { prompt_tokens: number; completion_tokens: number } | null | undefined;
  let switchyard: unknown;
  let fingerprint = "";
  for await (const chunk of stream) {
    if (chunk.choices[0]?.delta.content) firstTokenMs ??= now() - start;
    usage = chunk.usage ?? usage;
    switchyard = (chunk as { switchyard?: unknown }).switchyard ?? switchyard;
    fingerprint = chunk.system_fingerprint ?? fingerprint;
  }
  return {
    ...sentWith(request),
    report: readReport(switchyard),
    inputTokens: usage?.prompt_tokens ?? 0,
    outputTokens: usage?.completion_tokens ?? 0,
    latencyMs: now() - start,
    firstTokenMs,
    fingerprint,
  };
}

const sentWith = ({ task, isStreamed, isRepeat, isReworded }: DemoRequest) =>
  ({ ok: true, task, isStreamed, isRepeat, isReworded }) as const;

function bodyOf({ prompt, user, maxTokens }: DemoRequest, namesUsers: boolean): ChatCompletionCreateParamsBase {
  const earlier = (prompt.earlier ?? []).map(
    (content, index) => ({ role: index % 2 === 0 ? "user" : "assistant", content }) as const,
  );
  return {
    model: "auto",
    messages: [
      ...(prompt.system ? [{ role: "system", content: prompt.system } as const] : []),
      ...earlier,
      { role: "user", content: prompt.text },
    ],
    max_tokens: maxTokens,
    ...(prompt.json ? { response_format: { type: "json_object" } } : {}),
    ...(namesUsers ? { user } : {}),
  };
}

const headersOf = ({ feature }: DemoRequest, signal: AbortSignal) => ({
  headers: { "x-switchyard-feature": feature },
  signal,
});
