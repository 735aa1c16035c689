import { estimateTokens } from "@switchyard/text";
import type { Prompt } from "./prompt.ts";
import type { SeededRandom } from "./seeded-random.ts";

const openings = [
  "Here is a short overview of {a}.",
  "The key point about {a} is how it relates to {b}.",
  "In brief: {a} depends mostly on {b}.",
  "Let us look at {a} step by step.",
  "There are a few things to consider about {a}.",
];

const sentences = [
  "In practice, {a} works best when {b} is taken into account from the start.",
  "A common mistake is to treat {a} as if it were independent of {b}.",
  "For most cases, {a} is the deciding factor, while {b} only matters at the margins.",
  "It helps to separate {a} from {b} and to look at each on its own.",
  "As a rule of thumb, measure {a} first and adjust {b} afterwards.",
  "Several sources agree that {a} has improved over the last years, largely because of {b}.",
  "If {a} turns out to be a problem, consider {b} as an alternative.",
  "Note that {a} may vary with the circumstances, so check {b} as well.",
  "One advantage of {a} is its simplicity; its drawback is the effort that {b} takes.",
  "Taken together, {a} and {b} explain most of what can be observed.",
  "To sum up this part, {a} should come before {b}.",
  "The numbers are small, but the effect of {a} on {b} is easy to see.",
];

const listItems = [
  "Start with {a} and write down what you expect.",
  "Compare {a} with {b}.",
  "Keep {a} as simple as you can.",
  "Check {b} before you rely on {a}.",
  "Repeat this for {b} until nothing changes.",
];

/** Subjects for prompts that name none. */
const fallbackTopics = ["the question", "the context", "the main idea", "the details"];

/** Plausible paragraphs about what the prompt asks for, of about as many tokens as wanted. */
export function composeProse(prompt: Prompt, random: SeededRandom): string {
  const topics = prompt.topics.length > 1 ? prompt.topics : [...prompt.topics, ...fallbackTopics];
  const fill = (template: string) => {
    const first = random.pick(topics);
    const second = random.pick(topics.filter((topic) => topic !== first));
    return template.replace("{a}", first).replace("{b}", second);
  };
  const wantedTokens = lengthWanted(prompt, random);
  const paragraphs = [opening(prompt, fill, random)];
  let tokens = estimateTokens(paragraphs[0] ?? "");
  while (tokens < wantedTokens) {
    const paragraph = random.next() < 0.25 ? bulletList(fill, random) : sentenceRun(fill, random);
    paragraphs.push(paragraph);
    tokens += estimateTokens(paragraph);
  }
  return paragraphs.join("\n\n");
}

/** Code for a prompt that asks for it, with a word before and after. */
export function composeCode({ topics, question }: Prompt, random: SeededRandom): string {
  const name = identifier(topics);
  const limit = random.between(2, 12);
  const isPython = /\bpython\b/i.test(question);
  const code = isPython
    ? [
        `def ${name}(items):`,
        "    result = []",
        "    for item in items:",
        `        if len(item) > ${limit}:`,
        "            result.append(item)",
        "    return result",
      ]
    : [
        `export function ${name}(items: string[]): string[] {`,
        `  return items.filter((item) => item.length > ${limit});`,
        "}",
      ];
  const language = isPython ? "python" : "typescript";
  const closing = `It keeps every item longer than ${limit} characters and runs in linear time.`;
  return [`Here is one way to write it:\n\n\`\`\`${language}`, ...code, `\`\`\`\n\n${closing}`].join("\n");
}

/** Whether a prompt asks for code. */
export const wantsCode = (question: string): boolean =>
  /```|\b(function|code|python|javascript|typescript|java|rust|golang|sql|regex|algorithm|refactor|bug|compile|unit test)\b/i.test(
    question,
  );

function lengthWanted({ question }: Prompt, random: SeededRandom): number {
  if (/\b(briefly|brief|short|one sentence|one word|yes or no|concise|classify)\b/i.test(question)) {
    return random.between(20, 60);
  }
  if (/\b(detailed|in detail|essay|thorough|comprehensive|step by step|long)\b/i.test(question)) {
    return random.between(200, 380);
  }
  return random.between(30, 240);
}

function opening({ toolResults }: Prompt, fill: (template: string) => string, random: SeededRandom): string {
  const [result] = toolResults;
  if (result === undefined) return fill(random.pick(openings));
  return `According to the tools, the result is: ${toolResults.map((text) => text.slice(0, 200)).join("; ")}.`;
}

const sentenceRun = (fill: (template: string) => string, random: SeededRandom): string =>
  distinct(sentences, random.between(1, 3), random).map(fill).join(" ");

const bulletList = (fill: (template: string) => string, random: SeededRandom): string =>
  distinct(listItems, random.between(2, 3), random)
    .map((item) => `- ${fill(item)}`)
    .join("\n");

/** A run of neighbours of a list, beginning anywhere. */
const distinct = (list: readonly string[], count: number, random: SeededRandom): string[] => {
  const start = random.between(0, list.length - 1);
  return Array.from({ length: count }, (_, index) => list[(start + index) % list.length] as string);
};

const identifier = (topics: readonly string[]): string =>
  topics.find((topic) => /^[a-z]{4,20}$/.test(topic) && topic !== "function" && topic !== "python") ?? "solve";
