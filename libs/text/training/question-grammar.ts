import { readdirSync, readFileSync } from "node:fs";

/**
 * One of this project's own questions in all the ways it is asked. A line of `questions/*.txt` reads
 * `h: {lose|shed ! gain} {weight|pounds ! muscle} // q: ...`: alternatives in a slot before `!` ask the same, those behind it ask something
 * else; `//` parts whole wordings, and the letter says by which openings a wording is asked.
 */
export interface QuestionLine {
  readonly name: string;
  readonly wordings: readonly Wording[];
}

interface Wording {
  readonly form: string;
  readonly parts: readonly Part[];
}

export interface Part {
  readonly same: readonly string[];
  readonly other: readonly string[];
}

/** Words that stand for one another now and then, and words that a question may gain without asking something else. */
export interface NearWords {
  readonly groups: readonly (readonly string[])[];
  readonly light: readonly string[];
}

const folder = new URL("./questions/", import.meta.url);

/** Reads the questions; `update` is given every file's text, for a hash. */
export function readQuestionLines(update: (text: string) => void = () => undefined): QuestionLine[] {
  const lines: QuestionLine[] = [];
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith(".txt") || name === "near-words.txt") continue;
    const text = readFileSync(new URL(name, folder), "utf8");
    update(text);
    for (const [index, line] of text.split("\n").entries()) {
      if (line.trim() !== "")
        lines.push({ name: `${name}:${index + 1}`, wordings: line.split(" // ").map(parseWording) });
    }
  }
  return lines;
}

export function readNearWords(update: (text: string) => void = () => undefined): NearWords {
  const text = readFileSync(new URL("near-words.txt", folder), "utf8");
  update(text);
  const rows = text.split("\n").filter(Boolean);
  const of = (mark: string) => rows.filter((row) => row.startsWith(mark)).map((row) => row.slice(2).split(" "));
  return { groups: of("~"), light: of("?").flat() };
}

function parseWording(text: string): Wording {
  const [, form = "q", template = text] = /^\s*([a-z]): (.*)$/.exec(text) ?? [];
  const parts: Part[] = [];
  for (const piece of template.split(/(\{[^}]*\})/)) {
    if (piece.startsWith("{")) {
      const [same = "", other] = piece.slice(1, -1).split(" ! ");
      parts.push({ same: same.split("|"), other: other?.split("|") ?? [] });
    } else if (piece !== "") {
      parts.push({ same: [piece], other: [] });
    }
  }
  return { form, parts };
}

/** Ways to ask; `~` stands for the words, `^` for them with the first verb in its -ing form. */
const openings: Readonly<Record<string, readonly string[]>> = {
  h: [
    "How do I ~?",
    "How do I ~?",
    "How can I ~?",
    "How can I ~?",
    "how to ~",
    "What is the best way to ~?",
    "What's the best way to ~?",
    "What are the steps to ~?",
    "What steps do I need to take to ~?",
    "Is there a way to ~?",
    "What should I do to ~?",
    "What do I need to do to ~?",
    "What can I do to ~?",
    "Can you tell me how to ~?",
    "Could you explain how to ~?",
    "I want to ~, how do I do that?",
    "I would like to ~",
    "I need help to ~",
    "How would one ~?",
    "What is the process for ^?",
    "What are some ways to ~?",
    "What are the steps for ^?",
    "How do I go about ^?",
    "Please tell me how to ~",
    "What's a good way to ~?",
    "Any tips for ^?",
    "Steps to ~",
    "How should I ~?",
  ],
  w: [
    "What is ~?",
    "What is ~?",
    "What's ~?",
    "Tell me ~",
    "Can you tell me ~?",
    "I'd like to know ~",
    "Do you know ~?",
  ],
  n: ["What are ~?", "What are ~?", "Tell me ~", "Can you list ~?", "Can you tell me ~?", "List ~", "What would be ~?"],
  d: [
    "What is ~?",
    "What is ~?",
    "What's ~?",
    "Explain ~",
    "Can you explain ~?",
    "Can you explain what ~ is?",
    "What does ~ mean?",
    "What is meant by ~?",
    "Define ~",
    "What is the definition of ~?",
    "What is the meaning of ~?",
    "Please explain ~ to me",
  ],
  y: ["Why ~?", "Why ~?", "What is the reason that ~?", "How come ~?", "Can you explain why ~?"],
  c: ["~", "Please ~", "Can you ~?", "Could you ~ please?", "I want you to ~", "~ please", "I'd like you to ~"],
  q: ["~"],
};

export interface GrammarPair {
  readonly a: string;
  readonly b: string;
  readonly same: boolean;
  readonly line: string;
}

type Pick = <Item>(items: readonly Item[]) => Item;

/** Some pairs of one line: two ways to ask it, and twins that differ in one slot, half of them in nothing else. */
export function pairsOfLine(
  line: QuestionLine,
  counts: { same: number; twins: number },
  random: () => number,
): GrammarPair[] {
  const pick: Pick = (items) => items[Math.floor(random() * items.length)] as (typeof items)[number];
  const pairs = new Map<string, GrammarPair>();
  const put = (a: string, b: string, same: boolean) => {
    if (a.toLowerCase() !== b.toLowerCase()) pairs.set(`${a}\n${b}`, { a, b, same, line: line.name });
  };
  for (let turn = 0; turn < counts.same; turn++) {
    put(ask(pick(line.wordings), pick, random), ask(pick(line.wordings), pick, random), true);
  }
  for (let turn = 0; turn < counts.twins; turn++) {
    const wording = pick(line.wordings);
    const slots = wording.parts.filter(({ other }) => other.length > 0);
    if (slots.length === 0) continue;
    const changed = pick(slots);
    const opening = pick(openings[wording.form] ?? ["~"]);
    const chosen = wording.parts.map(({ same }) => pick(same));
    const twin = wording.parts.map((part, index) => (part === changed ? pick(part.other) : (chosen[index] as string)));
    const minimal = random() < 0.5;
    const twinWording = {
      ...wording,
      parts: wording.parts.map((part) => (part === changed ? { same: part.other, other: [] } : part)),
    };
    put(
      minimal ? spell(opening, chosen.join(""), random) : ask(pick(line.wordings), pick, random),
      minimal ? spell(opening, twin.join(""), random) : ask(twinWording, pick, random),
      false,
    );
  }
  return [...pairs.values()];
}

function ask({ form, parts }: Wording, pick: Pick, random: () => number): string {
  return spell(pick(openings[form] ?? ["~"]), parts.map(({ same }) => pick(same)).join(""), random);
}

function spell(opening: string, words: string, random: () => number): string {
  const plain = words
    .replace(/\s+/g, " ")
    .replace(/ ([?.,])/g, "$1")
    .trim();
  let text = opening.replace("~", plain).replace("^", () => withGerund(plain));
  text = (text[0] ?? "").toUpperCase() + text.slice(1);
  if (random() < 0.2) text = text.toLowerCase();
  return random() < 0.15 ? text.replace(/[?.]$/, "") : text;
}

function withGerund(words: string): string {
  const [verb = "", ...rest] = words.split(" ");
  return [gerund(verb), ...rest].join(" ");
}

const doubling =
  /^(?:get|set|reset|put|run|stop|plan|cut|win|sit|quit|swim|drop|shed|ship|log|dim|tip|hit|let|unclog|scan|beg|begin|map|chat|jog|rub|ban|stir)$/;

function gerund(verb: string): string {
  if (doubling.test(verb)) return `${verb}${verb.at(-1)}ing`;
  if (/[^eoy]e$/.test(verb) && verb !== "be") return `${verb.slice(0, -1)}ing`;
  return `${verb}ing`;
}
