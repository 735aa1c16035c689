import type { UpstreamReason } from "../domain/upstream-error.ts";
import type { ErrorBody } from "./openai-error-body.ts";

const contextCodes = /^(context_length_exceeded|exceed_context_size_error|string_above_max_length|1261)$/;
const contextTexts = [
  // OpenAI, DeepSeek, vLLM, Mistral, Fireworks: "maximum context length is 4096 tokens", "model maximum context length: 8191"
  /maximum context length/i,
  // Anthropic: "prompt is too long: 208310 tokens > 200000 maximum", "input length and `max_tokens` exceed context limit"
  /prompt is too long|exceeds? (the )?context (limit|window|length|size)/i,
  // SGLang: "longer than the model's context length"; llama.cpp: "exceeds the available context size"
  /longer than the model's context|available context size/i,
  // Gemini: "input token count (1500000) exceeds the maximum number of tokens allowed"
  /exceeds the maximum number of tokens/i,
  // xAI: "maximum prompt length is 131072"; Zhipu: "prompt exceeds max length"
  /maximum prompt length|prompt exceeds max length/i,
  // Together: "`inputs` tokens + `max_new_tokens` must be <= 4097"; Qwen: "Range of input length should be [1, 30720]"
  /`inputs` tokens \+ `max_new_tokens` must be|range of input length should be/i,
  // Bedrock: "Input is too long for requested model"
  /input is too long/i,
];

const filterCodes =
  /^(content_filter|content_policy_violation|responsibleaipolicyviolation|data_inspection_failed|moderation|moderation_blocked|1301)$/i;
const filterTexts = [
  // Azure, Moonshot, Anthropic
  /content (management|filtering) policy|content policy/i,
  // DeepSeek
  /content exists risk/i,
  // OpenRouter: "requires moderation on ... Your input was flagged"; Qwen: "inappropriate content"
  /input was flagged|inappropriate content/i,
];

/** Gemini and xAI answer 400 to a wrong key. */
const keyTexts = [/api[ _-]?key (is )?(not valid|invalid)/i, /(invalid|incorrect) api[ _-]?key/i];

/** The model that the provider was asked for is one of the configuration, so not to know it is the provider's own trouble. */
const modelCodes = /^(model_not_found|model_not_exist|invalid_model)$/i;
const modelTexts = [
  // DeepSeek: "Model Not Exist"; vLLM: "The model `x` does not exist."; OpenRouter: "x is not a valid model ID"
  /^model not exist|^the model \S+ does not exist|is not a valid model id/i,
];

/** The statuses that find fault with what was asked. Any other 4xx says that this place does not take it: no such path or model, a conflict. */
const faultsOfRequest: ReadonlySet<number> = new Set([400, 413, 422]);

/** Why a provider answered with an error. The status is undefined for an error in the middle of a stream. */
export function errorReason(status: number | undefined, body: ErrorBody): UpstreamReason {
  const effective = status ?? statusIn(body);
  if (effective === 429) return "UPSTREAM_RATE_LIMITED";
  if (effective === 408) return "UPSTREAM_TIMEOUT";
  if (effective !== undefined && (effective < 400 || effective >= 500)) return "UPSTREAM_UNAVAILABLE";
  const told = toldReason(body);
  if (told !== undefined) return told;
  if (effective === 401 || effective === 402 || effective === 403) return "UPSTREAM_AUTHENTICATION";
  if (effective === undefined) return wordedReason(body);
  return faultsOfRequest.has(effective) ? "UPSTREAM_INVALID_REQUEST" : "UPSTREAM_UNAVAILABLE";
}

/** Whether a status sends the caller elsewhere, where the platform never goes. */
export const isRedirect = (status: number | undefined): boolean =>
  status !== undefined && status >= 300 && status < 400;

/** Aggregators put the status of the provider behind them in the code. */
function statusIn({ code }: ErrorBody): number | undefined {
  return /^[45]\d\d$/.test(code) ? Number(code) : undefined;
}

function toldReason({ code, type, message, detail }: ErrorBody): UpstreamReason | undefined {
  const says = (codes: RegExp, texts: readonly RegExp[]) =>
    codes.test(code) || codes.test(type) || texts.some((text) => text.test(message) || text.test(detail));
  if (says(contextCodes, contextTexts)) return "UPSTREAM_CONTEXT_LENGTH";
  if (says(filterCodes, filterTexts)) return "UPSTREAM_CONTENT_FILTER";
  // A request that is larger than a minute's allowance comes as 413 at some providers.
  if (says(/^(rate_limit_exceeded|insufficient_quota)$/, [])) return "UPSTREAM_RATE_LIMITED";
  if (says(/^(invalid_api_key|API_KEY_INVALID)$/, keyTexts)) return "UPSTREAM_AUTHENTICATION";
  return says(modelCodes, modelTexts) ? "UPSTREAM_UNAVAILABLE" : undefined;
}

/** The reason that the words of an error without any status give; a provider that broke down if they say nothing. */
function wordedReason({ code, type }: ErrorBody): UpstreamReason {
  const words = `${code} ${type}`;
  if (/rate_limit|quota|too_many_requests/i.test(words)) return "UPSTREAM_RATE_LIMITED";
  if (/authentication|permission/i.test(words)) return "UPSTREAM_AUTHENTICATION";
  if (/invalid_request|bad_?request/i.test(words)) return "UPSTREAM_INVALID_REQUEST";
  return "UPSTREAM_UNAVAILABLE";
}
