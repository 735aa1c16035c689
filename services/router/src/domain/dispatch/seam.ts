/** How much of a continuation is read before it is known where it really begins, in characters. */
const lookahead = 64;
/** A shorter overlap may be chance. */
const leastOverlap = 8;

/** Joins what a second model writes to what the first one wrote. */
export interface Seam {
  /** Takes the next piece; gives what may go out now. */
  push(text: string): string;
  /** Gives what was still held. */
  end(): string;
}

/**
 * A seam behind a text: whitespace is not doubled, and a repetition of the text's end is dropped. Where the second model
 * begins a turn of its own it does not write the space that a word in the middle of a text has: that is put in.
 */
export function createSeam(before: string, isOwnTurn: boolean): Seam {
  let held: string | undefined = "";
  const joined = (after: string) => {
    const rest = withoutRepetition(before, after);
    const text = withoutDoubledSpace(before, rest);
    return isOwnTurn && rest === after && needsSpace(before, after) ? ` ${text}` : text;
  };
  return {
    push(text) {
      if (held === undefined) return text;
      held += text;
      const after = held;
      if (after.trimStart().length < lookahead) return "";
      // How much of the whitespace is too much shows only where it ends.
      if (withoutRepetition(before, after).trimStart() === "") return "";
      held = undefined;
      return joined(after);
    },
    end() {
      const after = held ?? "";
      held = undefined;
      return joined(after);
    },
  };
}

function withoutRepetition(before: string, after: string): string {
  const written = before.trimEnd();
  const fresh = after.trimStart();
  for (let length = Math.min(written.length, fresh.length, lookahead); length >= leastOverlap; length--) {
    if (written.endsWith(fresh.slice(0, length))) return fresh.slice(length);
  }
  return after;
}

/**
 * Whoever goes on saw the text without the whitespace at its end, and may write it again, or more of it: an indentation
 * behind a line break that is there already.
 */
function withoutDoubledSpace(before: string, after: string): string {
  const there = before.slice(before.trimEnd().length);
  const more = after.slice(0, after.length - after.trimStart().length);
  for (let length = Math.min(there.length, more.length); length > 0; length--) {
    if (there.endsWith(more.slice(0, length))) return after.slice(length);
  }
  // A single space only sets words apart, which any other whitespace has done.
  return there !== "" && more === " " ? after.slice(1) : after;
}

/** Scripts that put no space between words. */
const unspaced = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]/u;

/** Whether two pieces of prose would run into each other; a number or a name in code may well go on behind a dot. */
function needsSpace(before: string, after: string): boolean {
  const seam = before.slice(-1) + after.slice(0, 2);
  if (unspaced.test(seam)) return false;
  return /^(?:[\p{L},;)][\p{L}\p{N}(]|\p{N}[\p{L}(]|[.!?:…]\p{Lu})/u.test(seam);
}
