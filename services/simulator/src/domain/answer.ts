import { estimateTokens } from "@switchyard/text";
import type { ChatBody } from "./chat-body.ts";
import { boundText, cutIntoPieces } from "./pieces.ts";
import type { Prompt } from "./prompt.ts";
import { composeCode, composeProse, wantsCode } from "./prose.ts";
import { valueFor } from "./schema-value.ts";
import { type SeededRandom, seededRandom } from "./seeded-random.ts";
import { chooseCalls, type SimulatedCall } from "./tool-choice.ts";

/** One choice of an answer, ready to be sent whole or in pieces. */
export interface SimulatedChoice {
  readonly index: number;
  /** Text in pieces of about a token; empty where tools are called. */
  readonly pieces: readonly string[];
  readonly calls: readonly SimulatedCall[];
  readonly finishReason: "stop" | "length" | "tool_calls";
  readonly tokens: number;
}

/** Tokens around every tool call. */
const tokensPerCall = 7;

/** The choices of an answer. They follow from the request alone: asked again, they are the same. */
export function composeAnswer(body: ChatBody, prompt: Prompt, maxTokens: number): SimulatedChoice[] {
  return Array.from({ length: body.choiceCount }, (_, index) => {
    const random = seededRandom(`${index} ${body.seed}`);
    const calls = chooseCalls(body, prompt, random);
    if (calls.length > 0) return callingChoice(index, calls, maxTokens);
    const { pieces, tokens, finishReason } = boundText(composeText(body, prompt, random), body.stop, maxTokens);
    return { index, pieces, calls: [], finishReason, tokens };
  });
}

/** Arguments that do not fit are cut off, like any other output. */
function callingChoice(index: number, calls: readonly SimulatedCall[], maxTokens: number): SimulatedChoice {
  const kept: SimulatedCall[] = [];
  let tokens = 0;
  for (const call of calls) {
    const left = maxTokens - tokens - tokensPerCall - estimateTokens(call.name);
    const own = estimateTokens(call.arguments);
    if (own > left) {
      if (left > 0) kept.push({ ...call, arguments: boundText(call.arguments, [], left).text });
      return { index, pieces: [], calls: kept, finishReason: "length", tokens: maxTokens };
    }
    kept.push(call);
    tokens = maxTokens - left + own;
  }
  return { index, pieces: [], calls: kept, finishReason: "tool_calls", tokens };
}

function composeText(body: ChatBody, prompt: Prompt, random: SeededRandom): string {
  const { kind, schema } = body.format;
  if (kind === "json_schema") return JSON.stringify(valueFor(schema, sourceOf(prompt, random)));
  if (kind === "json_object") return JSON.stringify(valueFor(anyObject, sourceOf(prompt, random)), undefined, 2);
  return wantsCode(prompt.question) ? composeCode(prompt, random) : composeProse(prompt, random);
}

/** What an object of any shape looks like. */
const anyObject = {
  type: "object",
  properties: {
    answer: { type: "string" },
    topics: { type: "array", items: { type: "string" } },
    confidence: { type: "number", minimum: 0, maximum: 1, multipleOf: 0.01 },
  },
};

function sourceOf({ question, topics }: Prompt, random: SeededRandom) {
  const words = topics.length > 0 ? topics : ["sample", "value", "example"];
  return { random, words, numbers: (question.match(/-?\d+(\.\d+)?/g) ?? []).map(Number) };
}

/** Arguments of a call in pieces, as they are streamed. */
export const argumentPieces = (call: SimulatedCall): string[] => cutIntoPieces(call.arguments);
