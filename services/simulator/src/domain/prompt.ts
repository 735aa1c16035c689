import { estimateTokens } from "@switchyard/text";
import { type ChatBody, isObject, type JsonObject } from "./chat-body.ts";

/** What a prompt says, as far as the answer depends on it. */
export interface Prompt {
  /** Everything, in order. */
  readonly text: string;
  /** The last thing that the user says. */
  readonly question: string;
  /** Results of tools at the end of the conversation; empty if it does not end with any. */
  readonly toolResults: readonly string[];
  /** Words of the question that carry meaning, first ones first, each once. */
  readonly topics: readonly string[];
  readonly tokens: number;
}

/** Tokens around every message, and at the start of the answer, as OpenAI counts them. */
const tokensPerMessage = 4;
const tokensOfStart = 3;
const tokensPerImage = 85;

export function readPrompt({ messages, tools }: ChatBody): Prompt {
  const texts = messages.map(textOf);
  const users = messages.map(({ role }, index) => (role === "user" ? texts[index] : undefined));
  const question = users.findLast((text) => text !== undefined) ?? texts.at(-1) ?? "";
  const lastOther = messages.findLastIndex(({ role }) => role !== "tool");
  const images = messages.reduce((count, message) => count + imageCount(message), 0);
  const framing = messages.length * tokensPerMessage + tokensOfStart + images * tokensPerImage;
  const toolTokens = tools.length > 0 ? estimateTokens(JSON.stringify(tools)) : 0;
  const text = texts.join("\n");
  return {
    text,
    question,
    toolResults: texts.slice(lastOther + 1),
    topics: topicsOf(question),
    tokens: estimateTokens(text) + framing + toolTokens,
  };
}

const parts = ({ content }: JsonObject): JsonObject[] => (Array.isArray(content) ? content.filter(isObject) : []);
const imageCount = (message: JsonObject) => parts(message).filter(({ type }) => type === "image_url").length;

function textOf(message: JsonObject): string {
  const calls = Array.isArray(message.tool_calls) ? JSON.stringify(message.tool_calls) : "";
  if (typeof message.content === "string") return message.content + calls;
  const texts = parts(message).map(({ text }) => (typeof text === "string" ? text : ""));
  return texts.join("\n") + calls;
}

const empty = new Set(
  (
    "about above after again also another answer because been before being below between both could does doing each " +
    "explain from give have having here into json just know like list make more most need only other over please provide " +
    "same should show some such tell than that their them then there these they this those through under until using " +
    "very want were what when where which while will with within without would write your yours you're what's"
  ).split(" "),
);

function topicsOf(question: string): string[] {
  const words = question.match(/[\p{L}][\p{L}'-]{3,}/gu) ?? [];
  return [...new Set(words.map((word) => word.toLowerCase()))].filter((word) => !empty.has(word)).slice(0, 24);
}
