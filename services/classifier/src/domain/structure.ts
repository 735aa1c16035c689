import { countMatches } from "./count-matches.ts";

/** What a text looks like, whatever it says: counts that need no vocabulary. */
export interface Structure {
  readonly words: number;
  readonly lines: number;
  readonly questions: number;
  /** Runs of digits. */
  readonly numbers: number;
  /** Lines that begin as an item of a list does. */
  readonly listItems: number;
  /** Lines that only code has: they end in `;`, `{` or `}`, or begin with a statement's keyword. */
  readonly codeLines: number;
  readonly hasCodeFence: boolean;
  /** LaTeX commands, `$` pairs and operators between operands. */
  readonly mathMarks: number;
  /** Choices marked `(A)`, `B)`. */
  readonly options: number;
  /** Whether a bracketed array or object literal stands in it. */
  readonly hasLiteral: boolean;
  /** Turns of a dialogue written out as `Name: words`. */
  readonly spokenLines: number;
}

const codeLine =
  /^\s*(?:def |class |import |from \w+ import|#include|public |private |static |const |let |var |function\b|return\b|SELECT\b|INSERT INTO|CREATE TABLE|if ?\(|for ?\(|while ?\(|<\/?[a-z][a-z0-9]*[ >]|\$\w+ ?=|@\w+\(|elif |try:|except\b|with open)|[;{}]\s*$|\)\s?:\s*$/;
const listItem = /^\s*(?:[-*•–]|\d{1,2}[.)]|[a-z]\))\s+\S/;
const spokenLine = /^[A-Z][\w' -]{0,20}: \S/;

/** Looks at a text once, line by line. */
export function structureOf(text: string): Structure {
  const lines = text.split("\n");
  let listItems = 0;
  let codeLines = 0;
  let spokenLines = 0;
  for (const line of lines) {
    const checked = line.length > 300 ? line.slice(0, 300) : line;
    if (listItem.test(checked)) listItems++;
    else if (codeLine.test(checked)) codeLines++;
    else if (spokenLine.test(checked)) spokenLines++;
  }
  return {
    words: countMatches(/\S+/g, text),
    lines: lines.length,
    questions: countMatches(/[?？](?:\s|$|["')])/g, text),
    numbers: countMatches(/\d+/g, text),
    listItems,
    codeLines,
    hasCodeFence: text.includes("```"),
    mathMarks: countMatches(/\\[a-zA-Z]{2,}|\$|[0-9)] ?[=^<>≤≥+*×÷/] ?[-0-9a-z(\\]/g, text),
    options: countMatches(/(?:^|[\s(])\(?[A-Ea-e]\)/g, text),
    hasLiteral: /\[ ?["'\d[-].{0,60}[,\]]|\{ ?["'].{0,80}:/.test(text),
    spokenLines,
  };
}
