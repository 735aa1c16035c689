import type { ChatRequest, ContentPart, Message, ResponseFormat, Tool } from "@switchyard/contracts/vocabulary/chat";
import type { FieldViolation } from "@switchyard/rpc";

type Report = (field: string, description: string) => void;

/** What is wrong with a chat request, field by field; empty if nothing is. `path` is the request's own place: `chat`. */
export function violationsOfChat(chat: ChatRequest | undefined, path: string): FieldViolation[] {
  const violations: FieldViolation[] = [];
  const report: Report = (field, description) =>
    violations.push({ field: field ? `${path}.${field}` : path, description });
  if (!chat) {
    report("", "is required");
    return violations;
  }
  if (chat.model === "") report("model", 'is required: "auto" or a model id');
  if (chat.model.length > 256) report("model", "must have at most 256 characters");
  if (chat.messages.length === 0) report("messages", "must have at least one message");
  for (const [index, message] of chat.messages.entries()) checkMessage(message, `messages[${index}]`, report);
  checkTools(chat, report);
  checkResponseFormat(chat.responseFormat, report);
  checkSampling(chat, report);
  checkExtra(chat.extraJson, report);
  return violations;
}

/** Fields of OpenAI's request that this contract names; as further fields they would undo what was checked and reserved. */
const namedFields = new Set([
  ...["model", "messages", "tools", "tool_choice", "parallel_tool_calls", "response_format", "temperature", "top_p"],
  ...["max_tokens", "max_completion_tokens", "stop", "seed", "n", "presence_penalty", "frequency_penalty"],
  ...["logit_bias", "logprobs", "top_logprobs", "reasoning_effort", "stream"],
]);

function checkExtra(extraJson: string, report: Report): void {
  for (const field of Object.keys(jsonObject(extraJson, "extra_json", report))) {
    if (namedFields.has(field)) report("extra_json", `must not have "${field}", which has a field of its own`);
  }
}

function checkMessage(message: Message, at: string, report: Report): void {
  if (message.role === "ROLE_UNSPECIFIED" || message.role === "UNRECOGNIZED") {
    report(`${at}.role`, "must be system, developer, user, assistant or tool");
  }
  const mayBeEmpty =
    message.role === "ROLE_ASSISTANT" && (message.toolCalls.length > 0 || message.refusal !== undefined);
  if (message.content.length === 0 && !mayBeEmpty) report(`${at}.content`, "must not be empty");
  if (message.role === "ROLE_TOOL" && message.toolCallId === "") {
    report(`${at}.tool_call_id`, "is required for the tool role");
  }
  for (const [index, part] of message.content.entries()) checkPart(part, `${at}.content[${index}]`, report);
  for (const [index, call] of message.toolCalls.entries()) {
    // A call of another kind than function has no name and all of its form in extra_json.
    if (call.name === "" && call.extraJson === "") report(`${at}.tool_calls[${index}].name`, "is required");
    jsonObject(call.extraJson, `${at}.tool_calls[${index}].extra_json`, report);
  }
  jsonObject(message.extraJson, `${at}.extra_json`, report);
}

function checkPart({ part, extraJson }: ContentPart, at: string, report: Report): void {
  if (!part) report(at, "must be text, image, audio or other_json");
  if (part?.$case === "image" && !/^(https?:|data:)/i.test(part.value.url)) {
    report(`${at}.image.url`, "must be an https: or data: URL");
  }
  if (part?.$case === "audio" && part.value.data === "") report(`${at}.audio.data`, "is required");
  if (part?.$case === "otherJson") jsonObject(part.value, `${at}.other_json`, report);
  jsonObject(extraJson, `${at}.extra_json`, report);
}

const functionName = /^[A-Za-z0-9_-]{1,64}$/;
const nameRule = "must be 1 to 64 letters, digits, _ or -";

function checkTools({ tools, toolChoice }: ChatRequest, report: Report): void {
  for (const [index, tool] of tools.entries()) checkTool(tool, `tools[${index}]`, report);
  const choice = toolChoice?.choice;
  if (choice?.$case === "mode" && !["none", "auto", "required"].includes(choice.value)) {
    report("tool_choice.mode", "must be none, auto or required");
  }
  if (choice?.$case === "otherJson") jsonObject(choice.value, "tool_choice.other_json", report);
  if (choice?.$case === "function" && !tools.some(({ name }) => name === choice.value)) {
    report("tool_choice.function", `no tool "${choice.value}" in tools`);
  }
}

function checkTool(tool: Tool, at: string, report: Report): void {
  // A tool of another kind than function has no name and all of its form in extra_json.
  const isOfOtherKind = tool.name === "" && tool.extraJson !== "";
  if (!isOfOtherKind && !functionName.test(tool.name)) report(`${at}.name`, nameRule);
  jsonObject(tool.parametersJson, `${at}.parameters_json`, report);
  jsonObject(tool.extraJson, `${at}.extra_json`, report);
}

function checkResponseFormat(responseFormat: ResponseFormat | undefined, report: Report): void {
  if (responseFormat?.format?.$case !== "jsonSchema") return;
  const schema = responseFormat.format.value;
  if (!functionName.test(schema.name)) report("response_format.json_schema.name", nameRule);
  jsonObject(schema.schemaJson, "response_format.json_schema.schema_json", report);
}

function checkSampling(chat: ChatRequest, report: Report): void {
  const within = (field: string, value: number | undefined, least: number, most: number) => {
    if (value !== undefined && !(value >= least && value <= most)) report(field, `must be from ${least} to ${most}`);
  };
  within("temperature", chat.temperature, 0, 2);
  within("top_p", chat.topP, 0, 1);
  within("presence_penalty", chat.presencePenalty, -2, 2);
  within("frequency_penalty", chat.frequencyPenalty, -2, 2);
  within("n", chat.n, 1, 128);
  within("top_logprobs", chat.topLogprobs, 0, 20);
  if (chat.topLogprobs !== undefined && !chat.logprobs) report("top_logprobs", "needs logprobs");
  if (chat.maxTokens !== undefined && chat.maxTokens < 1) report("max_tokens", "must be at least 1");
  if (chat.stop.length > 4) report("stop", "must have at most 4 sequences");
  for (const [token, bias] of Object.entries(chat.logitBias)) within(`logit_bias[${token}]`, bias, -100, 100);
}

/** The object that JSON text says, none for empty text; reports text that is anything else. */
export function jsonObject(text: string, field: string, report: Report): object {
  if (text === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Reported below like any other text that is not an object.
  }
  report(field, "must be the text of a JSON object");
  return {};
}
