import { type Config, parseConfig } from "@switchyard/config";
import { ChatRequest } from "@switchyard/contracts/type/v1/chat";
import type { ChatChunk } from "@switchyard/contracts/vocabulary/chat";

/** A configuration of one model, `small`, at one provider, `acme`. */
export function configOf(
  baseUrl: string,
  { provider = "", keys = ["key-one"], weights = [] as readonly number[], model = "" } = {},
): Config {
  const environment = Object.fromEntries(keys.map((key, index) => [`KEY_${index}`, key]));
  const references = keys.map((_, index) => `{ env: KEY_${index}, weight: ${weights[index] ?? 1} }`).join(", ");
  const text = `
router: { baselineModel: small }
providers:
  acme: { name: acme.ai, baseUrl: "${baseUrl}", keys: [${references}]${provider && `, ${provider}`} }
models:
  - id: small
    upstreamModel: acme-small-1
    providers: [acme]
    tier: economy
    contextWindow: 1000
    maxOutputTokens: 100
    prices: { input: 1, output: 1 }
    ${model}
`;
  return parseConfig(text, { environment, folder: "/" });
}

/** As {@link configOf}, with a second provider, `spare`, that serves the model as `spare-small` where `acme` is not named. */
export function withSpare(config: Config, baseUrl: string): Config {
  const [model] = config.models;
  const { acme } = config.providers;
  if (model === undefined || acme === undefined) throw new Error("no configuration of configOf");
  const spare = { name: "spare", upstreamModel: "spare-small" };
  return {
    ...config,
    providers: { ...config.providers, spare: { ...acme, name: "spare.ai", baseUrl } },
    models: [{ ...model, providers: [...model.providers, [spare]] }],
  };
}

/** A question that nobody minds being asked. */
export const question = (): ChatRequest =>
  ChatRequest.create({
    model: "auto",
    messages: [{ role: "ROLE_USER", content: [{ part: { $case: "text", value: "the secret question" } }] }],
  });

/** What the chunks of an answer say, put together. */
export const contentOf = (chunks: readonly ChatChunk[]): string =>
  chunks.map(({ choices }) => choices.map(({ delta }) => delta?.content ?? "").join("")).join("");
