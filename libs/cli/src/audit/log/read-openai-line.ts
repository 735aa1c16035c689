import { estimateTokens } from "@switchyard/text";
import { type LoggedPrompt, labelsOf, type ReadLine, type Tokens, tokenCount, tokensOf } from "./logged-request.ts";

type Json = Readonly<Record<string, unknown>>;

/** Tokens that a message costs beyond its text, by OpenAI's published count for its chat format. */
const messageOverheadTokens = 4;

/**
 * One line of a JSON Lines log. Understood are `{"request": {...}, "response": {...}}` with OpenAI's bodies (also under `body`, as
 * in OpenAI's batch files), and one flat object with `model`, `messages` and `usage`, or with the columns of the CSV format.
 */
export function readOpenAiLine(text: string): ReadLine {
  const line = parse(text);
  if (!line) return { unusable: "not a JSON object" };
  const request = child(child(line, "request"), "body") ?? child(line, "request") ?? child(line, "body") ?? line;
  const response = child(child(line, "response"), "body") ?? child(line, "response") ?? line;
  if (hasFailed(line, response)) return { failed: true };
  const modelNames = [request.model, response.model].filter(
    (name) => typeof name === "string" && name !== "",
  ) as string[];
  if (modelNames.length === 0) return { unusable: "no model in the request or the response" };
  const prompt = promptOf(request);
  const reported = reportedTokens(child(response, "usage") ?? child(line, "usage") ?? line);
  if (typeof reported === "string") return { unusable: reported };
  if (!reported && !prompt) return { unusable: "neither usage nor messages" };
  const label = (name: string) =>
    line[name] ??
    child(line, "metadata")?.[name] ??
    child(line, "labels")?.[name] ??
    child(request, "metadata")?.[name];
  return {
    modelNames,
    tokens: reported ?? estimated(request, response),
    isEstimated: reported === undefined,
    ...labelsOf(label("feature"), label("task"), label("stakes")),
    prompt,
  };
}

function parse(text: string): Json | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const asObject = (value: unknown): Json | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;

const child = (parent: Json | undefined, name: string) => asObject(parent?.[name]);

function hasFailed(line: Json, response: Json): boolean {
  const status = child(line, "response")?.status_code ?? line.status_code ?? line.status;
  return (typeof status === "number" && status >= 400) || isError(line.error ?? response.error);
}

const isError = (value: unknown) => asObject(value) !== undefined || (typeof value === "string" && value !== "");

/** Tokens as the log reports them, undefined where it does not, or what is wrong with them. */
function reportedTokens(usage: Json): Tokens | string | undefined {
  const given = usage.prompt_tokens ?? usage.input_tokens;
  if (given === undefined || given === null) return undefined;
  const details = child(usage, "prompt_tokens_details") ?? child(usage, "input_tokens_details");
  const counts = {
    input_tokens: tokenCount(given),
    // An embedding has no output.
    output_tokens: tokenCount(usage.completion_tokens ?? usage.output_tokens ?? 0),
    cached_tokens: tokenCount(details?.cached_tokens ?? usage.cached_input_tokens ?? usage.cached_tokens ?? 0),
  };
  const wrong = Object.entries(counts).find(([, count]) => count === undefined)?.[0];
  if (wrong) return `${wrong} must be a whole number of at least 0`;
  return tokensOf(counts.input_tokens ?? 0, counts.cached_tokens ?? 0, counts.output_tokens ?? 0);
}

function estimated(request: Json, response: Json): Tokens {
  const texts = messagesOf(request).map((message) => textOf(message.content));
  const answers = arrayOf(response.choices).map((choice) => textOf(child(asObject(choice), "message")?.content));
  const sum = (of: readonly string[]) => of.reduce((total, text) => total + estimateTokens(text), 0);
  return tokensOf(sum(texts) + texts.length * messageOverheadTokens, 0, sum(answers));
}

const arrayOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The messages of a chat request; the `instructions` and `input` of OpenAI's newer interface read alike. */
function messagesOf(request: Json): readonly Json[] {
  const input = request.messages ?? request.input ?? request.prompt;
  const messages = Array.isArray(input)
    ? input.map((each) => asObject(each) ?? { role: "user", content: each })
    : typeof input === "string"
      ? [{ role: "user", content: input }]
      : [];
  const system = request.instructions ?? request.system;
  return typeof system === "string" ? [{ role: "system", content: system }, ...messages] : messages;
}

function promptOf(request: Json): LoggedPrompt | undefined {
  const messages = messagesOf(request);
  if (messages.length === 0) return undefined;
  const isInstruction = ({ role }: Json) => role === "system" || role === "developer";
  const turns = messages.filter((message) => !isInstruction(message));
  const last = turns.findLastIndex(({ role }) => role === "user" || role === undefined);
  const format = child(request, "response_format")?.type;
  const bound = request.max_completion_tokens ?? request.max_tokens ?? request.max_output_tokens;
  return {
    system: messages
      .filter(isInstruction)
      .map(({ content }) => textOf(content))
      .join("\n"),
    earlier: turns.filter((_turn, index) => index !== last).map(({ content }) => textOf(content)),
    query: textOf(turns[last]?.content),
    hasTools: arrayOf(request.tools).length > 0,
    answer: format === "json_schema" || format === "json_object" ? format : "text",
    hasImages: turns.some(({ content }) => arrayOf(content).some(isImage)),
    maxTokens: tokenCount(bound) || undefined,
  };
}

const isImage = (part: unknown) => /image/.test(String(asObject(part)?.type));

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return arrayOf(content)
    .map((part) => asObject(part)?.text)
    .filter((text) => typeof text === "string")
    .join("");
}
