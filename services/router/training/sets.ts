/** USD per million tokens. */
export interface UnitPrice {
  readonly input: number;
  readonly output: number;
}

const flat = (price: number): UnitPrice => ({ input: price, output: price });

/** What models cost, by name: RouteLLM's paper for the two of 2023, LLMRouter's list for its nine, public lists otherwise. */
export const unitPrices: ReadonlyMap<string, UnitPrice> = new Map([
  ["gpt-4-1106-preview", flat(24.7)],
  ["mixtral-8x7b-instruct", flat(0.24)],
  ["llama-3.3-nemotron-super-49b-v1", flat(0.9)],
  ["llama-3.1-nemotron-51b-instruct", flat(0.9)],
  ["llama3-chatqa-1.5-70b", flat(0.9)],
  ["gemma-2-9b-it", flat(0.1)],
  ["codegemma-7b", flat(0.2)],
  ["llama-3.1-8b-instruct", flat(0.2)],
  ["llama3-chatqa-1.5-8b", flat(0.2)],
  ["mistral-7b-instruct-v0.3", flat(0.2)],
  ["qwen2.5-7b-instruct", flat(0.2)],
  ["gemini-3.1-pro", { input: 2, output: 12 }],
  ["gemini-1.5-pro-002", { input: 1.25, output: 5 }],
  ["gemini-1.5-flash-002", { input: 0.075, output: 0.3 }],
  ["meta-llama-3.1-70b-instruct", flat(0.88)],
  ["meta-llama-3.1-8b-instruct", flat(0.18)],
]);

/** Tokens of an answer whose length a set does not tell; the same for every model. */
export const assumedOutputTokens = 100;

/** What a model costs whose price is not known: nothing is saved between two of these but by shorter answers. */
const unknownPrice = flat(1);

/** What a model's answer to a row costs, in USD per million. */
export function costOf(
  row: { readonly tok_in: number; readonly models: Readonly<Record<string, { readonly tok_out?: number }>> },
  model: string,
): number {
  const price = unitPrices.get(model) ?? unknownPrice;
  return row.tok_in * price.input + (row.models[model]?.tok_out ?? assumedOutputTokens) * price.output;
}

/** A strong model and a cheap one to choose between. */
export interface Pair {
  readonly strong: string;
  readonly cheap: string;
}

/** The pairs that each known set is measured with, the first of them in the headline: dearest and cheapest priced. */
export const pairsOfSet: ReadonlyMap<string, readonly Pair[]> = new Map([
  ["mmlu", [{ strong: "gpt-4-1106-preview", cheap: "mixtral-8x7b-instruct" }]],
  ["gsm8k", [{ strong: "gpt-4-1106-preview", cheap: "mixtral-8x7b-instruct" }]],
  ["mtbench", [{ strong: "gpt-4-1106-preview", cheap: "mixtral-8x7b-instruct" }]],
  ["arenabench", [{ strong: "gpt-4-1106-preview", cheap: "mixtral-8x7b-instruct" }]],
  [
    "mmlupro",
    [
      { strong: "gemini-3.1-pro", cheap: "gemini-1.5-flash-002" },
      { strong: "gemini-1.5-pro-002", cheap: "gemini-1.5-flash-002" },
      { strong: "gemini-3.1-pro", cheap: "meta-llama-3.1-8b-instruct" },
    ],
  ],
  ["llmrouter", [{ strong: "llama-3.1-nemotron-51b-instruct", cheap: "gemma-2-9b-it" }]],
]);

/** The models that stand for each tier where a model of it was never measured. */
export const tierMembers: Readonly<Record<"economy" | "standard" | "premium", ReadonlySet<string>>> = {
  economy: new Set([
    "mixtral-8x7b-instruct",
    "mixtral-8x7b-instruct-v0.1",
    "meta-llama-3.1-8b-instruct",
    "llama-3.1-8b-instruct",
    "gemini-1.5-flash-002",
    "gemma-2-9b-it",
    "qwen2.5-7b-instruct",
    "phi-3-mini-4k-instruct",
  ]),
  standard: new Set([
    "meta-llama-3.1-70b-instruct",
    "llama-3.1-nemotron-51b-instruct",
    "llama-3.3-nemotron-super-49b-v1",
    "qwen1.5-110b",
    "deepseek-coder-v2",
    "jamba-1.5-large",
  ]),
  premium: new Set(["gpt-4-1106-preview", "gemini-1.5-pro-002", "gemini-3.1-pro"]),
};
