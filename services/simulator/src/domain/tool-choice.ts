import type { ChatBody, ToolSpec } from "./chat-body.ts";
import type { Prompt } from "./prompt.ts";
import { valueFor } from "./schema-value.ts";
import type { SeededRandom } from "./seeded-random.ts";

export interface SimulatedCall {
  readonly id: string;
  readonly name: string;
  /** JSON text. */
  readonly arguments: string;
}

/** The tools to call: what is demanded, or what the prompt names. Empty where the answer is text. */
export function chooseCalls(body: ChatBody, prompt: Prompt, random: SeededRandom): SimulatedCall[] {
  const tools = chooseTools(body, prompt, random);
  const words = prompt.topics.length > 0 ? namesFirst(prompt) : ["sample"];
  const numbers = (prompt.question.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);
  return tools.map(({ name, parameters }) => ({
    id: `call_${Array.from({ length: 24 }, () => random.between(0, 35).toString(36)).join("")}`,
    name,
    arguments: JSON.stringify(valueFor(parameters, { random, words, numbers })),
  }));
}

function chooseTools(body: ChatBody, prompt: Prompt, random: SeededRandom): ToolSpec[] {
  const { tools, toolChoice, parallelToolCalls } = body;
  if (typeof toolChoice === "object") return tools.filter(({ name }) => name === toolChoice.function);
  if (toolChoice === "none" || tools.length === 0) return [];
  const asked = prompt.toolResults.length > 0 ? [] : tools.filter((tool) => isAskedFor(tool, prompt.question));
  if (asked.length > 0) return parallelToolCalls ? asked : asked.slice(0, 1);
  return toolChoice === "required" ? [random.pick(tools)] : [];
}

const verbs = new Set([
  "get",
  "set",
  "list",
  "find",
  "search",
  "make",
  "create",
  "fetch",
  "look",
  "lookup",
  "show",
  "with",
  "from",
  "current",
]);

/** Whether a prompt names a tool, or one of the words that its name is made of beyond the verb. */
function isAskedFor({ name }: ToolSpec, question: string): boolean {
  const text = question.toLowerCase();
  const words = name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  if (text.includes(name.toLowerCase()) || text.includes(words.join(" "))) return true;
  return words.some((word) => word.length > 3 && !verbs.has(word) && new RegExp(`\\b${word}`).test(text));
}

/** Names of the prompt, which arguments are mostly about, or else its topics. */
function namesFirst({ question, topics }: Prompt): readonly string[] {
  const names = [...question.matchAll(/(?<=[^.!?]\s)\p{Lu}[\p{L}-]+(?: \p{Lu}[\p{L}-]+)*/gu)].map(([name]) => name);
  return names.length > 0 ? names : topics;
}
