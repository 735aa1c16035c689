import { z } from "zod";
import { milliseconds, name, positiveInt, weight } from "./primitives.ts";
import { type Surroundings, textFrom, weightedSecretFrom } from "./references.ts";

const tier = z.enum(["economy", "standard", "premium"]);
/** `prefill`: goes on writing an assistant message that ends the conversation, instead of answering it. */
const capability = z.enum(["tools", "json_schema", "vision", "audio", "embeddings", "prefill"]);

const timeouts = z.strictObject({
  connectMs: milliseconds.default(3_000),
  /** To the first content of a stream. Whole answers know only totalMs: providers send their headers with the answer. */
  firstTokenMs: milliseconds.default(30_000),
  /** Between two pieces of an answer. */
  stallMs: milliseconds.default(20_000),
  totalMs: milliseconds.default(300_000),
});

const httpUrl = (value: string | undefined) =>
  value === undefined || (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol));

const ownMessageFields = ["role", "content"];
const ownRequestFields = [
  ...["model", "messages", "stream", "stream_options"],
  ...["n", "max_tokens", "max_completion_tokens"],
];

/** JSON that goes into an object of which some fields are the platform's own. */
const furtherFields = (own: readonly string[]) =>
  z
    .record(z.string(), z.json())
    .superRefine((fields, context) => {
      for (const field of own) {
        if (Object.hasOwn(fields, field))
          context.addIssue({ code: "custom", path: [field], message: "is not free to set" });
      }
    })
    .default({});

export const provider = (surroundings: Surroundings) =>
  z.strictObject({
    /** Name of the provider in the GenAI conventions: `openai`, `deepseek`, ... */
    name: name.optional(),
    baseUrl: textFrom(surroundings).refine(httpUrl, "must be an http or https URL"),
    /**
     * Keys, each a reference that may carry a weight. They share the requests by weight (1 unless said otherwise) and by how
     * many each is busy with. A provider without a resolved key or address serves nothing.
     */
    keys: z.array(weightedSecretFrom(surroundings)).min(1),
    timeouts: timeouts.prefault({}),
    /** Connections kept to it at most. */
    maxConnections: positiveInt.default(256),
    /** Field that carries the bound on output tokens; OpenAI's reasoning models take only the newer one. */
    maxTokensField: z.enum(["max_tokens", "max_completion_tokens"]).default("max_tokens"),
    /** Whether it takes `prompt_cache_key`, by which OpenAI finds prompts that begin alike in its prefix cache. */
    promptCacheKey: z.boolean().default(false),
    /**
     * What goes into the last message, and into the request, when that message is an assistant's and the model has the
     * capability `prefill`: `message: { prefix: true }` (DeepSeek's beta API, Mistral), or `request:
     * { continue_final_message: true, add_generation_prompt: false }` (vLLM). Providers that need nothing leave it out.
     */
    prefill: z
      .strictObject({ message: furtherFields(ownMessageFields), request: furtherFields(ownRequestFields) })
      .prefault({}),
  });

/** A provider of a model: its name, or its name with what is special about it. */
const share = z.union(
  [
    name.transform((provider): ModelShare => ({ name: provider })),
    z.strictObject({ name, weight: weight.optional(), upstreamModel: z.string().min(1).optional() }),
  ],
  { error: "must be a provider's name, or { name, weight, upstreamModel }" },
);

interface ModelShare {
  readonly name: string;
  readonly weight?: number | undefined;
  readonly upstreamModel?: string | undefined;
}

/** Providers that are equal; one alone may stand without a list. */
const equals = z.preprocess((one) => (Array.isArray(one) ? one : [one]), z.array(share).min(1));

export const model = z.strictObject({
  id: name,
  /**
   * Providers that serve it, in order of preference. Those that stand together in a list of their own are equal: they share
   * the requests by weight (1 unless said otherwise) and by how many each is busy with.
   */
  providers: z.array(equals).min(1),
  /** Its name at the provider, if another. */
  upstreamModel: z.string().min(1).optional(),
  tier,
  contextWindow: positiveInt,
  maxOutputTokens: positiveInt,
  capabilities: z.array(capability).default([]),
  /** Models that answer in its place when it fails, in this order, for requests that name it. */
  fallbacks: z.array(name).default([]),
  /** Most sensitive prompts it may see. */
  maxSensitivity: z.enum(["public", "internal", "confidential", "restricted"]).default("confidential"),
  /** USD per million tokens. */
  prices: z.strictObject({
    input: z.number().min(0),
    cachedInput: z.number().min(0).optional(),
    output: z.number().min(0),
  }),
});
