import type { Choice as AnswerChoice, ChatResponse } from "@switchyard/contracts/vocabulary/chat";
import type { AnswerValidator } from "../../ports.ts";
import type { Prompt } from "../request.ts";
import { textOf } from "../shape.ts";
import { type AskedFormat, hasFormat } from "./asked-format.ts";

/** Why an answer is not accepted: a stable word. */
export type FindingReason =
  | "empty"
  | "refusal"
  | "truncated"
  | "schema"
  | "pattern"
  | "format"
  | "confidence"
  | "inconsistent"
  | "judge";

/** What was found wrong with an answer. */
export interface Finding {
  readonly reason: FindingReason;
  /** The same for people; never a word of the answer. */
  readonly detail: string;
}

export interface Inspection {
  readonly validator: AnswerValidator;
  /** The form that the prompt's words ask for. */
  readonly format: AskedFormat | undefined;
  /** Least mean log-probability of the tokens, where the provider tells it. */
  readonly minMeanLogprob: number;
}

/** What can be seen to be wrong with an answer by looking at it; undefined: nothing. */
export function inspect(
  { choices }: ChatResponse,
  prompt: Pick<Prompt, "chat" | "hints">,
  inspection: Inspection,
): Finding | undefined {
  if (choices.length < (prompt.chat.n ?? 1)) return finding("empty", "there are fewer choices than asked for");
  for (const choice of choices) {
    const found = inspectChoice(choice, prompt, inspection);
    if (found) return found;
  }
  return undefined;
}

function inspectChoice(
  choice: AnswerChoice,
  prompt: Pick<Prompt, "chat" | "hints">,
  { validator, format, minMeanLogprob }: Inspection,
): Finding | undefined {
  const { message, finishReason } = choice;
  const calls = message?.toolCalls ?? [];
  const text = textOf(message);
  if (calls.length === 0 && text.trim() === "" && !message?.refusal) return finding("empty", "nothing was written");
  if (message?.refusal || finishReason === "content_filter" || (calls.length === 0 && soundsLikeRefusal(text))) {
    return finding("refusal", "the model declines");
  }
  if (finishReason === "length") return finding("truncated", "it ends at its bound on tokens");
  const confidence = meanLogprob(choice);
  if (confidence !== undefined && confidence < minMeanLogprob) {
    return finding("confidence", `its tokens have a mean log-probability of ${confidence.toFixed(2)}`);
  }
  return calls.length > 0
    ? inspectCalls(calls, prompt, validator)
    : (wrongShape(text, prompt, validator) ??
        (format && !hasFormat(text, format) ? finding("format", "it has not the form that was asked for") : undefined));
}

function wrongShape(
  text: string,
  { chat, hints }: Pick<Prompt, "chat" | "hints">,
  validator: AnswerValidator,
): Finding | undefined {
  const format = chat.responseFormat?.format;
  if (format?.$case === "jsonSchema") {
    const wrong = validator.mismatch(format.value.schemaJson, text);
    if (wrong) return finding("schema", wrong);
  }
  return hints.answerPattern !== "" && !validator.matches(hints.answerPattern, text)
    ? finding("pattern", "it does not match the pattern that was asked for")
    : undefined;
}

/** Calls must be of tools that were offered, with arguments as these ask for. */
function inspectCalls(
  calls: readonly { readonly name: string; readonly arguments: string }[],
  { chat }: Pick<Prompt, "chat">,
  validator: AnswerValidator,
): Finding | undefined {
  for (const call of calls) {
    const tool = chat.tools.find(({ name }) => name === call.name);
    if (!tool) return finding("schema", "it calls a tool that was not offered");
    const wrong = validator.mismatch(tool.parametersJson || "{}", call.arguments || "{}");
    if (wrong) return finding("schema", `arguments of a tool call: ${wrong}`);
  }
  return undefined;
}

/** Refusals begin like this, and are short: what goes on to answer has not refused. */
const opening = `^(?:i['’]?m sorry|i am sorry|sorry|i apologi[sz]e|unfortunately)?[,. ]*(?:but )?(?:as an ai(?: language model)?,? )?i`;
const declining = `(?:can(?:no|['’])t|can not|won['’]t|will not) (?:help|assist|provide|do|answer|comply|fulfil|access|open|create|generate|write|discuss|share|browse|see|determine|tell|engage|support|continue)`;
const lacking = `(?: am|['’]m) (?:unable|not able|not allowed) to|(?: do not| don['’]t) have (?:access|enough|the ability|any)`;
const refusals = new RegExp(`${opening}(?: ${declining}|${lacking})`, "i");
const longestRefusal = 400;

const soundsLikeRefusal = (text: string) => text.length <= longestRefusal && refusals.test(text.trim());

/** Mean log-probability of the tokens that were written; undefined where the provider does not tell. */
function meanLogprob({ logprobs }: AnswerChoice): number | undefined {
  const tokens = logprobs?.content ?? [];
  return tokens.length === 0 ? undefined : tokens.reduce((sum, { logprob }) => sum + logprob, 0) / tokens.length;
}

export const finding = (reason: FindingReason, detail: string): Finding => ({ reason, detail });
