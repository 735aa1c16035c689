/** Numbers that `readStructure` writes. */
export const structureSize = 20;

const newline = 10;
const blank = 32;

/** What is counted in one pass over a text. */
interface Tally {
  words: number;
  longWords: number;
  capitals: number;
  numbers: number;
  operators: number;
  brackets: number;
  latex: number;
  commas: number;
  sentences: number;
  lines: number;
  beyondAscii: number;
  gaps: number;
  options: number;
  /** Where the first option begins; the length of the text where there is none. */
  question: number;
  optionSquares: number;
  numericOptions: number;
}

/**
 * Writes what a text looks like into `into`: length, numbers, formulas, choices to pick from. Logarithms of counts and
 * shares, all about -1 to 2. One pass, allocates next to nothing.
 */
export function readStructure(text: string, into: Float32Array): void {
  const tally = count(text);
  const optionLength = tally.options === 0 ? 0 : (text.length - tally.question) / tally.options;
  const variance = tally.options === 0 ? 0 : tally.optionSquares / tally.options - optionLength * optionLength;
  const words = tally.words + 1;
  const questionMark = text.lastIndexOf("?", tally.question);
  into[0] = Math.log1p(text.length) - 5.5;
  into[1] = Math.log1p(tally.question) - 5;
  into[2] = tally.options / 4 - 1;
  into[3] = tally.options === 0 ? 1 : 0;
  into[4] = Math.log1p(optionLength) - 3;
  into[5] = Math.log1p(Math.sqrt(Math.max(0, variance))) - 2;
  into[6] = tally.options === 0 ? 0 : tally.numericOptions / tally.options;
  into[7] = Math.log1p(tally.numbers) - 1;
  into[8] = Math.log1p(tally.operators);
  into[9] = Math.log1p(tally.latex);
  into[10] = Math.log1p(tally.lines) - 1;
  into[11] = Math.log1p(tally.sentences) - 1;
  into[12] = (5 * tally.capitals) / words - 1;
  into[13] = (5 * tally.longWords) / words - 1;
  into[14] = Math.log1p(tally.commas) - 1;
  into[15] = Math.log1p(tally.brackets);
  into[16] = tally.beyondAscii > 0 ? 1 : 0;
  into[17] = tally.gaps > 0 ? 1 : 0;
  into[18] = questionMark >= 0 && tally.question - questionMark < 3 ? 1 : 0;
  into[19] = (8 * tally.numbers) / words - 1;
}

function count(text: string): Tally {
  const tally: Tally = {
    ...{ words: 0, longWords: 0, capitals: 0, numbers: 0, operators: 0, brackets: 0, latex: 0, commas: 0 },
    ...{ sentences: 0, lines: 0, beyondAscii: 0, gaps: 0, options: 0, question: text.length },
    ...{ optionSquares: 0, numericOptions: 0 },
  };
  let letters = 0;
  let previous = blank;
  let optionStart = -1;
  for (let index = 0; index <= text.length; index++) {
    const code = index < text.length ? text.charCodeAt(index) : newline;
    if (isLetter(code)) {
      if (letters === 0 && code < 97) tally.capitals++;
      letters++;
    } else {
      if (letters > 0) tally.words++;
      if (letters >= 10) tally.longWords++;
      letters = 0;
      if (isDigit(code)) tally.numbers += isDigit(previous) ? 0 : 1;
      else if (code === newline) {
        tally.lines++;
        if (optionStart >= 0) closeOption(text, optionStart, index, tally);
        optionStart = isOption(text, index + 1) ? index + 1 : -1;
        if (optionStart >= 0 && tally.options === 0) tally.question = Math.min(tally.question, index);
      } else countMark(code, previous, tally);
    }
    previous = code;
  }
  return tally;
}

function countMark(code: number, previous: number, tally: Tally): void {
  // = + * / ^ < > -
  if (code === 61 || code === 43 || code === 42 || code === 47 || code === 94 || code === 60 || code === 62) {
    tally.operators++;
  } else if (code === 36 || code === 92 || code === 123 || code === 125) tally.latex++;
  else if (code === 40 || code === 41 || code === 59 || code === 91 || code === 93) tally.brackets++;
  else if (code === 44) tally.commas++;
  else if (code === blank) tally.sentences += previous === 46 || previous === 63 || previous === 33 ? 1 : 0;
  else if (code === 95) tally.gaps += previous === 95 ? 1 : 0;
  else if (code > 127) tally.beyondAscii++;
}

function closeOption(text: string, start: number, end: number, tally: Tally): void {
  tally.options++;
  tally.optionSquares += (end - start) * (end - start);
  let digits = 0;
  for (let index = start + 2; index < end; index++) if (isDigit(text.charCodeAt(index))) digits++;
  if (2 * digits >= end - start - 3) tally.numericOptions++;
}

/** Whether a line begins like a choice: `A. `, `B) `, `(C) `. */
function isOption(text: string, start: number): boolean {
  const at = text.charCodeAt(start) === 40 ? start + 1 : start;
  const letter = text.charCodeAt(at);
  const mark = text.charCodeAt(at + 1);
  return letter >= 65 && letter <= 74 && (mark === 46 || mark === 41) && text.charCodeAt(at + 2) === blank;
}

const isDigit = (code: number) => code >= 48 && code <= 57;
const isLetter = (code: number) => (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code >= 0xc0;
