import type { ChatChunk, ChunkChoice, Delta } from "@switchyard/contracts/vocabulary/chat";
import { extraJson, furtherFields, isObject, type JsonObject, textOf } from "./json-fields.ts";
import { MalformedAnswer } from "./malformed-answer.ts";
import { fromLogprobs } from "./openai-logprobs.ts";
import { answerFields, choiceIndex, finishReasonOf, fromRole } from "./openai-response.ts";
import { fromToolCallDelta } from "./openai-tools.ts";
import { countOf, fromUsage } from "./openai-usage.ts";

const choiceFields = new Set(["index", "delta", "finish_reason", "logprobs"]);
const deltaFields = new Set(["role", "content", "refusal", "tool_calls"]);

/** A piece of a streamed answer as OpenAI writes it. Throws {@link MalformedAnswer} where it is no such piece. */
export function fromChunk(chunk: unknown): ChatChunk {
  if (!isObject(chunk)) throw new MalformedAnswer("has a chunk that is not a JSON object");
  const choices = chunk.choices ?? [];
  if (!Array.isArray(choices)) throw new MalformedAnswer("has a chunk whose choices are not a list");
  return {
    id: textOf(chunk.id),
    created: BigInt(countOf(chunk.created)),
    model: textOf(chunk.model),
    choices: choices.map(fromChoice),
    usage: fromUsage(chunk.usage),
    systemFingerprint: textOf(chunk.system_fingerprint),
    extraJson: extraJson(furtherFields(chunk, answerFields)),
  };
}

function fromChoice(choice: unknown, position: number): ChunkChoice {
  if (!isObject(choice)) throw new MalformedAnswer("has a chunk with a choice that is not a JSON object");
  return {
    index: choiceIndex(choice.index, position),
    delta: isObject(choice.delta) ? fromDelta(choice.delta) : undefined,
    finishReason: finishReasonOf(choice.finish_reason),
    logprobs: fromLogprobs(choice.logprobs),
    extraJson: extraJson(furtherFields(choice, choiceFields)),
  };
}

function fromDelta(delta: JsonObject): Delta {
  const { content, refusal, tool_calls: toolCalls } = delta;
  return {
    role: fromRole(delta.role) ?? "ROLE_UNSPECIFIED",
    content: contentOf(content),
    refusal: typeof refusal === "string" ? refusal : undefined,
    toolCalls: Array.isArray(toolCalls) ? toolCalls.filter(isObject).map(fromToolCallDelta) : [],
    extraJson: extraJson(furtherFields(delta, deltaFields)),
  };
}

/** Some providers stream lists of parts; only their text has a place in a delta. */
function contentOf(content: unknown): string | undefined {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return undefined;
  return content.map((part) => (isObject(part) ? textOf(part.text) : "")).join("");
}
