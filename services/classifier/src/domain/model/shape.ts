/** How much of a text's beginning is counted through. */
const lookedAt = 1_536;

/** What the counters count. */
const counted = {
  newlines: 0,
  blankLines: 1,
  questions: 2,
  digits: 3,
  capitals: 4,
  braces: 5,
  brackets: 6,
  mathSigns: 7,
  quotes: 8,
  colons: 9,
  commas: 10,
  beyondLatin: 11,
  accented: 12,
  han: 13,
  codeLineEnds: 14,
  listItems: 15,
} as const;

const counters = 16;
const bins = 16;

/** The counter of each ASCII character, or none (255). */
const counterOf = new Uint8Array(128).fill(255);
const countAs = (characters: string, counter: number) => {
  for (const character of characters) counterOf[character.charCodeAt(0)] = counter;
};
countAs("?", counted.questions);
countAs("0123456789", counted.digits);
countAs("ABCDEFGHIJKLMNOPQRSTUVWXYZ", counted.capitals);
countAs("{};", counted.braces);
countAs("()[]<>", counted.brackets);
countAs("$\\=+*^/%", counted.mathSigns);
countAs("\"'`", counted.quotes);
countAs(":", counted.colons);
countAs(",", counted.commas);

const tally = new Int32Array(counters);

/**
 * What a prompt looks like, whatever it says, as marks: each a number that stands for one count being about so large. Time is
 * linear in the first 1,536 code units.
 */
export function shapeOf(system: string, text: string): Int32Array {
  tally.fill(0);
  const end = Math.min(text.length, lookedAt);
  let previous = 10;
  for (let index = 0; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code < 128) {
      const counter = counterOf[code] as number;
      if (counter !== 255) bump(counter);
      else if (code === 10) countLine(previous);
      if (previous === 10 && startsListItem(text, index, code)) bump(counted.listItems);
    } else countBeyondAscii(code);
    if (code !== 32 && code !== 13) previous = code;
  }
  return marksOf(system, text, end);
}

const bump = (counter: number) => {
  tally[counter] = (tally[counter] as number) + 1;
};

/** `previous` is the last character of the line that ends here; a newline if the line is blank. */
function countLine(previous: number): void {
  bump(counted.newlines);
  if (previous === 10) bump(counted.blankLines);
  // `;`, `{` and `}`
  else if (previous === 59 || previous === 123 || previous === 125) bump(counted.codeLineEnds);
}

function startsListItem(text: string, index: number, code: number): boolean {
  const next = text.charCodeAt(index + 1);
  // `- `, `* `, or a letter or digit before `.` or `)`
  if (code === 45 || code === 42) return next === 32;
  return (next === 46 || next === 41) && ((code >= 48 && code <= 57) || (code >= 65 && code <= 69));
}

function countBeyondAscii(code: number): void {
  if (code < 0xc0) return;
  if (code < 0x250) bump(counted.accented);
  else if (code < 0x2000) bump(counted.beyondLatin);
  else if (code >= 0x3040 && code < 0xd7b0) bump(counted.han);
}

function marksOf(system: string, text: string, end: number): Int32Array {
  const marks = new Int32Array(counters + 6);
  for (let counter = 0; counter < counters; counter++) {
    marks[counter] = counter * bins + magnitude(tally[counter] as number);
  }
  let at = counters;
  const mark = (value: number) => {
    marks[at] = at * bins + value;
    at++;
  };
  mark(magnitude(text.length));
  mark(magnitude(system.length));
  mark(text.includes("```") ? 1 : 0);
  mark(text.trimEnd().endsWith("?") ? 1 : 0);
  // Shares tell what counts do not: a page with ten digits is prose, a line with ten is a sum.
  mark(share(counted.digits, end));
  mark(share(counted.brackets, end));
  return marks;
}

/** 0 for nothing, then one more for each doubling. */
const magnitude = (count: number) => Math.min(bins - 1, 32 - Math.clz32(count));

const share = (counter: number, length: number) =>
  length === 0 ? 0 : Math.min(bins - 1, Math.round((40 * (tally[counter] as number)) / length));
