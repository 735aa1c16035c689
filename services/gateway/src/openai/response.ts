import type { ChatResponse, Choice, ContentPart, Message, Role, ToolCall } from "@switchyard/contracts/vocabulary/chat";
import { addExtra } from "./json.ts";
import { logprobsJson } from "./logprobs.ts";
import { usageJson } from "./usage.ts";

const roleNames: Readonly<Record<Role, string | undefined>> = {
  ROLE_UNSPECIFIED: undefined,
  ROLE_SYSTEM: "system",
  ROLE_DEVELOPER: "developer",
  ROLE_USER: "user",
  ROLE_ASSISTANT: "assistant",
  ROLE_TOOL: "tool",
  UNRECOGNIZED: undefined,
};

/** OpenAI's name of a role; undefined where none is set. */
export const roleName = (role: Role) => roleNames[role];

/** A whole answer as OpenAI's API says it, with the routing report as `switchyard`. */
export function chatCompletionJson(response: ChatResponse, switchyard: object | undefined): object {
  return addExtra(
    {
      id: response.id,
      object: "chat.completion",
      created: Number(response.created),
      model: response.model,
      choices: response.choices.map(choiceJson),
      usage: response.usage && usageJson(response.usage),
      system_fingerprint: response.systemFingerprint || undefined,
      switchyard,
    },
    response.extraJson,
  );
}

function choiceJson(choice: Choice): object {
  return addExtra(
    {
      index: choice.index,
      message: choice.message && messageJson(choice.message),
      logprobs: logprobsJson(choice.logprobs),
      finish_reason: choice.finishReason || null,
    },
    choice.extraJson,
  );
}

function messageJson(message: Message): object {
  return addExtra(
    {
      role: roleNames[message.role] ?? "assistant",
      content: contentJson(message.content),
      refusal: message.refusal ?? null,
      name: message.name || undefined,
      tool_call_id: message.toolCallId || undefined,
      tool_calls: message.toolCalls.length === 0 ? undefined : message.toolCalls.map(toolCallJson),
    },
    message.extraJson,
  );
}

/** Text alone stays a string, as OpenAI's clients expect it; anything more becomes an array of parts. */
function contentJson(content: readonly ContentPart[]): string | object[] | null {
  const [first] = content;
  if (first === undefined) return null;
  if (content.length === 1 && first.part?.$case === "text" && first.extraJson === "") return first.part.value;
  return content.map(partJson);
}

function partJson({ part, extraJson }: ContentPart): object {
  switch (part?.$case) {
    case "text":
      return addExtra({ type: "text", text: part.value }, extraJson);
    case "image":
      return addExtra(
        { type: "image_url", image_url: { url: part.value.url, detail: part.value.detail || undefined } },
        extraJson,
      );
    case "audio":
      return addExtra({ type: "input_audio", input_audio: { ...part.value } }, extraJson);
    default:
      return addExtra(addExtra({}, part?.value ?? ""), extraJson);
  }
}

/** A call that is not of a function has no name and stands in its further fields whole. */
function toolCallJson(call: ToolCall): object {
  if (call.name === "" && call.extraJson !== "") return addExtra({ id: call.id }, call.extraJson);
  return addExtra(
    { id: call.id, type: "function", function: { name: call.name, arguments: call.arguments } },
    call.extraJson,
  );
}
