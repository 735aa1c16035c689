import { seededRandom } from "../seeded-random.ts";
import { chat } from "./chat.ts";
import { classification } from "./classification.ts";
import { code } from "./code.ts";
import { edits } from "./edits.ts";
import { extraction } from "./extraction.ts";
import { draw, type Grammar, pick } from "./grammar.ts";
import { plans } from "./plans.ts";
import { posts } from "./posts.ts";
import { prose } from "./prose.ts";
import { reasoning } from "./reasoning.ts";
import { snippets } from "./snippets.ts";
import { summarization } from "./summarization.ts";
import { texts } from "./texts.ts";
import { topics } from "./topics.ts";
import { translation } from "./translation.ts";
import { writing } from "./writing.ts";

/** A prompt that this project wrote, and its task. */
export interface OwnPrompt {
  readonly text: string;
  readonly system: string | null;
  readonly task: string;
}

interface TaskGrammar {
  readonly task: string;
  readonly grammar: Grammar;
  /** Where a prompt that says itself what it wants begins. */
  readonly start: string;
  /** What operators write for the task. */
  readonly system: string;
  /** What users then send without another word; empty: always a whole request. */
  readonly bare: readonly string[];
}

const given = [
  "{article}",
  "{mail}",
  "{review}",
  "{ticket}",
  "{meeting}",
  "{clause}",
  "{note}",
  "{chatlog}",
  "{sentence}",
];

const tasks: readonly TaskGrammar[] = [
  {
    task: "chat",
    grammar: { ...chat, ...posts, ...plans },
    start: "[{chat}|{chat}|{post}|{consult}|{consult}]",
    system: "{chatsystem}",
    bare: [],
  },
  {
    task: "writing",
    grammar: { ...writing, ...prose, ...edits },
    start: "[{writing}|{prose}|{edit}]",
    system: "{writingsystem}",
    bare: given,
  },
  { task: "code", grammar: code, start: "{task}", system: "{codesystem}", bare: [] },
  { task: "reasoning", grammar: reasoning, start: "{task}", system: "{reasoningsystem}", bare: [] },
  {
    task: "translation",
    grammar: translation,
    start: "{task}",
    system: "{translationsystem}",
    bare: [...given, "{foreign}"],
  },
  { task: "extraction", grammar: extraction, start: "{task}", system: "{extractionsystem}", bare: given },
  {
    task: "classification",
    grammar: classification,
    start: "{task}",
    system: "{classificationsystem}",
    bare: ["{ticket}", "{review}", "{mail}", "{sentence}"],
  },
  {
    task: "summarization",
    grammar: summarization,
    start: "{task}",
    system: "{summarizationsystem}",
    bare: ["{longtext}", "{article}", "{mail}", "{meeting}"],
  },
];

/** Prompts of every task, as many of each; always the same for a seed, none twice. */
export function ownPrompts(ofEach: number, seed: number): OwnPrompt[] {
  const random = seededRandom(seed);
  const prompts = new Map<string, OwnPrompt>();
  for (const task of tasks) {
    const goal = prompts.size + ofEach;
    for (let tries = 0; prompts.size < goal && tries < 3 * ofEach; tries++) {
      const prompt = onePrompt(task, random);
      prompts.set(`${prompt.system}\n${prompt.text}`, prompt);
    }
  }
  return [...prompts.values()];
}

function onePrompt({ task, grammar, start, system, bare }: TaskGrammar, random: () => number): OwnPrompt {
  const whole = { ...topics, ...texts, ...snippets, ...grammar };
  const shape = random();
  if (shape < 0.2 && bare.length > 0) {
    return { task, system: draw(system, whole, random), text: draw(pick(bare, random), whole, random) };
  }
  const text = asTyped(draw(start, whole, random), random);
  return { task, system: shape < 0.3 ? draw(system, whole, random) : null, text };
}

const courtesies = [
  "Please ",
  "Can you ",
  "Could you please ",
  "Hi! ",
  "I want you to ",
  "I need you to ",
  "Hey, ",
  "please ",
];
const codas = [
  " Thanks!",
  "\n\nThank you.",
  " Be concise.",
  " Answer in one paragraph.",
  "\nReturn markdown.",
  " Keep it short.",
  " Reply in English.",
];

/** What hands do to a text: no capitals, no full stop, courtesies, a slip of the finger. */
function asTyped(text: string, random: () => number): string {
  let typed = text;
  if (random() < 0.1 && /^[A-Z][a-z]+ /.test(typed))
    typed = pick(courtesies, random) + typed[0]?.toLowerCase() + typed.slice(1);
  if (random() < 0.08) typed += pick(codas, random);
  if (random() < 0.2) typed = typed.toLowerCase();
  if (random() < 0.2) typed = typed.replace(/[.?!]$/, "");
  if (random() < 0.05) typed = withSlip(typed, random);
  return typed;
}

/** Swaps two neighbouring characters near the beginning. */
function withSlip(text: string, random: () => number): string {
  const at = 1 + Math.floor(random() * Math.min(40, Math.max(1, text.length - 3)));
  return text.slice(0, at) + (text[at + 1] ?? "") + (text[at] ?? "") + text.slice(at + 2);
}
