import type { ChatChunk, ChatRequest, Message } from "@switchyard/contracts/vocabulary/chat";
import type { Choice } from "../decide.ts";
import type { Prompt } from "../request.ts";
import type { Assembly } from "./assemble.ts";

/** How a model is asked to go on: `anew` where no text had gone out. */
export type ContinuationMethod = "prefill" | "prompt" | "anew";

const instruction =
  "Your answer above was cut off. Continue it from exactly where it stops, beginning with the very next word. " +
  "Do not repeat anything of it, do not comment, do not apologize.";

/** The ways to ask a model to go on, best first. */
export function methodsFor({ model }: Choice, sofar: string): readonly ContinuationMethod[] {
  if (sofar === "") return ["anew"];
  return model.capabilities.has("prefill") ? ["prefill", "prompt"] : ["prompt"];
}

/**
 * Whether another model can go on with what has come: plain text of one choice. A tool call or JSON that is half written
 * cannot be taken over by a model that writes its own from the beginning.
 */
export function canContinue({ chat }: Prompt, answer: Assembly): boolean {
  const format = chat.responseFormat?.format?.$case ?? "text";
  return (chat.n ?? 1) === 1 && format === "text" && !answer.hasMoreThanText();
}

/** The request that asks a model to go on behind a text. */
export function continuationOf({ chat }: Prompt, sofar: string, method: ContinuationMethod): ChatRequest {
  if (method === "anew") return chat;
  // Some providers refuse a prefill that ends in whitespace; the seam puts it back.
  const begun = says("ROLE_ASSISTANT", sofar.trimEnd());
  const tail = method === "prefill" ? [begun] : [begun, says("ROLE_USER", instruction)];
  return { ...chat, messages: [...chat.messages, ...tail] };
}

const says = (role: Message["role"], text: string): Message => ({
  role,
  content: [{ part: { $case: "text", value: text }, extraJson: "" }],
  name: "",
  toolCalls: [],
  toolCallId: "",
  refusal: undefined,
  extraJson: "",
});

/** A chunk of the second model as one of the stream that the caller already reads: same id, no second role, joined text. */
export function carriedOn(
  chunk: ChatChunk,
  head: Pick<ChatChunk, "id" | "created">,
  join: (text: string, isLast: boolean) => string,
): ChatChunk {
  const choices = chunk.choices.map((choice) => {
    const content = join(choice.delta?.content ?? "", choice.finishReason !== "") || undefined;
    const delta = choice.delta ?? { refusal: undefined, toolCalls: [], extraJson: "" };
    return { ...choice, delta: { ...delta, role: "ROLE_UNSPECIFIED" as const, content } };
  });
  return { ...chunk, id: head.id, created: head.created, choices };
}
