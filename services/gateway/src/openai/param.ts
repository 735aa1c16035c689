const hintNames: Readonly<Record<string, string>> = {
  cache_policy: "cache",
  latency_bound_ms: "latency_ms",
  max_cost_usd_nanos: "max_cost_usd",
};

/**
 * The OpenAI name of a field that a service of the platform names by its place in the contracts: `chat.max_tokens` is
 * `max_tokens`, `chat.tools[0].parameters_json` is `tools[0].function.parameters`, `hints.cache_policy` is
 * `switchyard.cache`. A name that is OpenAI's already stays as it is.
 */
export function paramOf(field: string): string {
  const [head, ...tail] = field.split(".");
  const rest = tail.join(".");
  switch (head) {
    case "chat":
      return chatParam(rest);
    case "embedding":
      return rest.replace(/^(texts|token_lists)/, "input").replace(/^extra_json$/, "body");
    case "hints":
      return `switchyard.${hintNames[rest] ?? rest}`;
    case "caller":
      return `switchyard.${rest}`;
    case "idempotency_key":
      return "idempotency-key";
    default:
      return field;
  }
}

function chatParam(path: string): string {
  if (path === "" || path === "extra_json") return "body";
  return path
    .replace(/\.(extra|other)_json$/, "")
    .replace(/^tool_choice\.mode$/, "tool_choice")
    .replace(/^tool_choice\.function$/, "tool_choice.function.name")
    .replace(
      /^(tools\[\d+\]|messages\[\d+\]\.tool_calls\[\d+\])\.(name|description|strict|arguments|parameters)/,
      "$1.function.$2",
    )
    .replace(/(parameters|schema)_json$/, "$1")
    .replace(/(\.content\[\d+\])\.image\b/, "$1.image_url")
    .replace(/(\.content\[\d+\])\.audio\b/, "$1.input_audio");
}
