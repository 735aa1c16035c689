import { ChatRequest, ContentPart, Message, ResponseFormat, type Role, Tool } from "@switchyard/contracts/type/v1/chat";
import type { Task } from "@switchyard/contracts/vocabulary/routing";
import { estimateTokens } from "@switchyard/text";
import type { KeptPrompt, Sample } from "../audit/bill/sample.ts";

/** What a prompt of a task begins with where the log holds no prompts. */
const openings: Readonly<Partial<Record<Task, string>>> = {
  TASK_CHAT: "Tell me what you think of this.",
  TASK_CLASSIFICATION: "Classify the following message as one of: complaint, question, praise.",
  TASK_EXTRACTION: "Extract the names and dates from the following text.",
  TASK_SUMMARIZATION: "Summarize the following text.",
  TASK_TRANSLATION: "Translate the following text into French.",
  TASK_CODE: "Write a function that does what the following text says.",
  TASK_REASONING: "Work out the answer to the following problem.",
  TASK_WRITING: "Write a short article about the following.",
};

/** Neutral text, to make a prompt as long as the one it stands for. */
const filler =
  "The parcel was handed over at the counter in the morning and the clerk wrote the number into the book. ";
const fillerTokens = estimateTokens(filler.repeat(100)) / 100;
/** No model of today takes more, so a longer stand-in would say the same. */
const mostFillerTokens = 4_000_000;
/** Turns before the last that are sent; more make no prompt harder. */
const mostEarlierTurns = 40;
/** An answer as long as this had a bound of its own, or none would take a model that cannot write so much. */
const longAnswerTokens = 1_024;

/** The chat request to ask the policy about: the prompt as far as it was kept, made as long as it was. */
export function standInOf({ prompt, tokens, taskHint }: Sample): ChatRequest {
  const bound = prompt?.maxTokens ?? (tokens.output > longAnswerTokens ? tokens.output : undefined);
  const inputTokens = tokens.fresh + tokens.cached;
  return ChatRequest.create({
    model: "auto",
    messages: prompt ? messagesOf(prompt, inputTokens) : [user(invented(taskHint, inputTokens))],
    tools: prompt?.hasTools ? [Tool.create({ name: "tool" })] : [],
    ...(prompt ? formatOf(prompt) : {}),
    ...(bound === undefined ? {} : { maxTokens: Math.min(bound, 2 ** 31 - 1) }),
  });
}

function invented(task: Task | undefined, inputTokens: number): string {
  const opening = openings[task ?? "TASK_CHAT"] ?? "";
  return `${opening}\n\n${fill(inputTokens - estimateTokens(opening))}`;
}

function messagesOf(prompt: KeptPrompt, inputTokens: number): Message[] {
  const known = estimateTokens(prompt.system) + estimateTokens(prompt.query);
  const missing = prompt.isCut ? fill(inputTokens - known) : "";
  const turns = Math.min(prompt.earlierTurnCount, mostEarlierTurns);
  // What was left out stood in the earlier turns, if there were any.
  const earlier = Array.from({ length: turns }, (_, index) =>
    message(index % 2 === 0 ? "ROLE_USER" : "ROLE_ASSISTANT", index === 0 && missing ? missing : "Go on."),
  );
  const query = turns === 0 && missing ? `${prompt.query}\n${missing}` : prompt.query;
  const last = user(query || "Go on.");
  if (prompt.hasImages) {
    const image = { $case: "image" as const, value: { url: "data:image/png;base64,", detail: "" } };
    last.content.push(ContentPart.create({ part: image }));
  }
  return [...(prompt.system ? [message("ROLE_SYSTEM", prompt.system)] : []), ...earlier, last];
}

function formatOf({ answer }: KeptPrompt) {
  if (answer === "text") return {};
  const format =
    answer === "json_object"
      ? { $case: "jsonObject" as const, value: {} }
      : { $case: "jsonSchema" as const, value: { name: "answer", description: "", schemaJson: "", strict: undefined } };
  return { responseFormat: ResponseFormat.create({ format }) };
}

const fill = (tokens: number) =>
  filler.repeat(Math.max(0, Math.round(Math.min(tokens, mostFillerTokens) / fillerTokens)));

const user = (text: string) => message("ROLE_USER", text);

const message = (role: Role, text: string) =>
  Message.create({ role, content: [ContentPart.create({ part: { $case: "text", value: text } })] });
