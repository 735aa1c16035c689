import { invalidField } from "./api-error.ts";

export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly parameters: unknown;
}

/** A chat request that was found to be in order. */
export interface ChatBody {
  readonly model: string;
  readonly messages: readonly JsonObject[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly choiceCount: number;
  readonly maxTokens: number | undefined;
  readonly stop: readonly string[];
  readonly tools: readonly ToolSpec[];
  /** `none`, `auto`, `required`, or the function to call. */
  readonly toolChoice: string | { readonly function: string };
  readonly parallelToolCalls: boolean;
  readonly format: { readonly kind: "text" | "json_object" | "json_schema"; readonly schema: unknown };
  readonly logprobs: boolean;
  readonly topLogprobs: number;
  /** What the answer follows from: the same text gives the same answer, streamed or not. */
  readonly seed: string;
}

/** Checks a chat request field by field. Throws an ApiError that names the first one at fault. */
export function checkChatBody(body: unknown): ChatBody {
  if (!isObject(body)) throw invalidField("body", "must be a JSON object");
  const { model, messages, stream_options: streamOptions } = body;
  if (typeof model !== "string") throw invalidField("model", "must be a string", "missing_required_parameter");
  const tools = checkTools(body.tools);
  const stream = boolean(body, "stream") ?? false;
  if (isObject(streamOptions) && !stream) throw invalidField("stream_options", "is only allowed when 'stream' is true");
  checkSampling(body);
  return {
    model,
    messages: checkMessages(messages),
    stream,
    includeUsage: isObject(streamOptions) && streamOptions.include_usage === true,
    choiceCount: integer(body, "n", 1, 128) ?? 1,
    maxTokens: integer(body, "max_completion_tokens", 1) ?? integer(body, "max_tokens", 1),
    stop: checkStop(body.stop),
    tools,
    toolChoice: checkToolChoice(body.tool_choice, tools),
    parallelToolCalls: boolean(body, "parallel_tool_calls") ?? true,
    format: checkFormat(body.response_format),
    logprobs: boolean(body, "logprobs") ?? false,
    topLogprobs: integer(body, "top_logprobs", 0, 20) ?? 0,
    seed: JSON.stringify([model, messages, body.tools, body.tool_choice, body.response_format, body.seed]),
  };
}

const roles = new Set(["system", "developer", "user", "assistant", "tool"]);

function checkMessages(messages: unknown): JsonObject[] {
  if (!Array.isArray(messages)) throw invalidField("messages", "must be an array", "missing_required_parameter");
  if (messages.length === 0) throw invalidField("messages", "must hold at least one message", "empty_array");
  return messages.map((message: unknown, index) => {
    const at = `messages[${index}]`;
    if (!isObject(message)) throw invalidField(at, "must be an object");
    const { role, content, tool_calls: calls } = message;
    if (typeof role !== "string" || !roles.has(role))
      throw invalidField(`${at}.role`, `unknown role ${JSON.stringify(role)}`);
    const mayBeSilent = role === "assistant" && (Array.isArray(calls) || typeof message.refusal === "string");
    if (typeof content !== "string" && !Array.isArray(content) && !(mayBeSilent && (content ?? null) === null)) {
      throw invalidField(`${at}.content`, "must be a string or an array of parts");
    }
    if (role === "tool" && typeof message.tool_call_id !== "string") {
      throw invalidField(`${at}.tool_call_id`, "is required for the role 'tool'", "missing_required_parameter");
    }
    return message;
  });
}

function checkTools(tools: unknown): ToolSpec[] {
  if (tools === undefined || tools === null) return [];
  if (!Array.isArray(tools)) throw invalidField("tools", "must be an array");
  return tools.map((tool: unknown, index) => {
    const own = isObject(tool) ? tool.function : undefined;
    if (!isObject(own) || typeof own.name !== "string" || !/^[\w-]{1,64}$/.test(own.name)) {
      throw invalidField(`tools[${index}].function.name`, "must be 1 to 64 letters, digits, _ or -");
    }
    return {
      name: own.name,
      description: typeof own.description === "string" ? own.description : "",
      parameters: own.parameters ?? { type: "object", properties: {} },
    };
  });
}

function checkToolChoice(choice: unknown, tools: readonly ToolSpec[]): ChatBody["toolChoice"] {
  if (choice === undefined || choice === null) return tools.length > 0 ? "auto" : "none";
  if (tools.length === 0) throw invalidField("tool_choice", "is only allowed when 'tools' are specified");
  if (choice === "none" || choice === "auto" || choice === "required") return choice;
  const own = isObject(choice) && isObject(choice.function) ? choice.function.name : undefined;
  const named = tools.find(({ name }) => name === own);
  if (named === undefined) throw invalidField("tool_choice", "must be none, auto, required or a function of 'tools'");
  return { function: named.name };
}

function checkFormat(format: unknown): ChatBody["format"] {
  if (format === undefined || format === null) return { kind: "text", schema: undefined };
  const kind = isObject(format) ? format.type : undefined;
  if (kind === "text" || kind === "json_object") return { kind, schema: undefined };
  if (!isObject(format) || kind !== "json_schema") throw invalidField("response_format.type", "is unknown");
  const own = format.json_schema;
  if (!isObject(own) || typeof own.name !== "string")
    throw invalidField("response_format.json_schema.name", "is required");
  return { kind, schema: own.schema ?? {} };
}

function checkStop(stop: unknown): string[] {
  const list = stop === undefined || stop === null ? [] : Array.isArray(stop) ? stop : [stop];
  if (list.length > 4 || !list.every((entry) => typeof entry === "string" && entry !== "")) {
    throw invalidField("stop", "must be a string or up to 4 of them");
  }
  return list;
}

function checkSampling(body: JsonObject): void {
  number(body, "temperature", 0, 2);
  number(body, "top_p", 0, 1);
  number(body, "presence_penalty", -2, 2);
  number(body, "frequency_penalty", -2, 2);
  integer(body, "seed", Number.MIN_SAFE_INTEGER);
  if ((integer(body, "top_logprobs", 0, 20) ?? 0) > 0 && body.logprobs !== true) {
    throw invalidField("top_logprobs", "is only allowed when 'logprobs' is true");
  }
}

function number(body: JsonObject, name: string, lowest: number, highest = Number.MAX_SAFE_INTEGER): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && value >= lowest && value <= highest) return value;
  throw invalidField(name, `must be a number from ${lowest} to ${highest}`);
}

function integer(body: JsonObject, name: string, lowest: number, highest?: number): number | undefined {
  const value = number(body, name, lowest, highest);
  if (value === undefined || Number.isInteger(value)) return value;
  throw invalidField(name, "must be a whole number");
}

function boolean(body: JsonObject, name: string): boolean | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "boolean") return value;
  throw invalidField(name, "must be true or false");
}
