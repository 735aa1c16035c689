import { composeAnswer } from "../domain/answer.ts";
import { ApiError } from "../domain/api-error.ts";
import { findModel, outputBound } from "../domain/catalogue.ts";
import { type ChatBody, checkChatBody } from "../domain/chat-body.ts";
import { type CompletionFrame, wholeCompletion } from "../domain/completion.ts";
import { faultError } from "../domain/fault.ts";
import { readPrompt } from "../domain/prompt.ts";
import { seededRandom } from "../domain/seeded-random.ts";
import { breakOff, type Exchange, sendJson, untilHungUp } from "./exchange.ts";
import { failAtOnce } from "./fail-at-once.ts";
import { durationMs, pause } from "./pacing.ts";
import type { PreparedAnswer } from "./prepared-answer.ts";
import type { Simulation } from "./simulation.ts";
import { streamAnswer } from "./stream-answer.ts";

/** `POST /v1/chat/completions`. */
export async function chatCompletions(simulation: Simulation, exchange: Exchange, json: unknown): Promise<void> {
  const body = checkChatBody(json);
  const model = findModel(simulation.models, body.model);
  if (model.isForEmbeddings) {
    throw new ApiError({
      status: 400,
      message: `'${model.name}' is not a chat model.`,
      param: "model",
      code: "model_not_supported",
    });
  }
  const prompt = readPrompt(body);
  const maxTokens = outputBound(model, prompt.tokens, body.maxTokens);
  const { line, fault } = simulation.begin("chat", { model: model.name, stream: body.stream, body: json });
  if (await failAtOnce(exchange, fault, line)) return;

  const choices = composeAnswer(body, prompt, maxTokens);
  const usage = {
    promptTokens: prompt.tokens,
    cachedTokens: Math.min(simulation.prefixes.tokensSeen(model.name, prompt.text), prompt.tokens),
    completionTokens: choices.reduce((sum, { tokens }) => sum + tokens, 0),
  };
  line.promptTokens = usage.promptTokens;
  line.cachedTokens = usage.cachedTokens;
  const pace = fault?.kind === "slow" ? { ...simulation.pace, firstTokenMs: fault.firstTokenMs } : simulation.pace;
  const answer: PreparedAnswer = { frame: frameOf(body, line.sequence), choices, usage, pace, fault, line };
  try {
    await (body.stream ? streamAnswer(exchange, answer, body.includeUsage) : sendAnswer(exchange, answer));
  } catch (error) {
    if (!exchange.hungUp.aborted) throw error;
  } finally {
    line.aborted = !line.completed && exchange.hungUp.aborted && fault?.kind !== "cut";
  }
}

async function sendAnswer(
  exchange: Exchange,
  { frame, choices, usage, pace, fault, line }: PreparedAnswer,
): Promise<void> {
  await pause(durationMs(pace, usage.completionTokens), exchange.hungUp);
  exchange.hungUp.throwIfAborted();
  const body = wholeCompletion(frame, choices, usage);
  line.completionTokens = usage.completionTokens;
  switch (fault?.kind) {
    case "cut":
    case "end_early":
    case "stall":
    case "malformed": {
      const text = JSON.stringify(body);
      exchange.response.writeHead(200, { "content-type": "application/json" });
      const half = text.slice(0, text.length / 2);
      if (fault.kind === "cut") return breakOff(exchange, half);
      if (fault.kind !== "stall") return void exchange.response.end(half);
      exchange.response.write(half);
      return untilHungUp(exchange);
    }
    case "error_event":
      return sendJson(exchange, faultError(500).body);
    default:
      line.completed = true;
      return sendJson(exchange, body);
  }
}

function frameOf(body: ChatBody, sequence: number): CompletionFrame {
  const random = seededRandom(`${sequence} ${body.seed}`);
  return {
    id: `chatcmpl-sim${Array.from({ length: 20 }, () => random.between(0, 35).toString(36)).join("")}`,
    created: Math.floor(Date.now() / 1000),
    model: body.model,
    topLogprobs: body.logprobs ? body.topLogprobs : undefined,
  };
}
