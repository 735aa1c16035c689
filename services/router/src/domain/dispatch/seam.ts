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
  const release = () => {
    const text = joined(before, held ?? "", isOwnTurn);
    held = undefined;
    return text;
  };
  return {
    push(text) {
      if (held === undefined) return text;
      held += text;
      return held.length < lookahead ? "" : release();
    },
    end: () => (held === undefined ? "" : release()),
  };
}

function joined(before: string, after: string, isOwnTurn: boolean): string {
  const written = before.trimEnd();
  const fresh = after.trimStart();
  for (let length = Math.min(written.length, fresh.length, lookahead); length >= leastOverlap; length--) {
    if (written.endsWith(fresh.slice(0, length))) {
      const rest = fresh.slice(length);
      return written.length < before.length ? rest.trimStart() : rest;
    }
  }
  if (written.length < before.length) return fresh;
  return isOwnTurn && needsSpace(before, after) ? ` ${after}` : after;
}

/** Scripts that put no space between words. */
const unspaced = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]/u;

/** Whether two pieces of prose would run into each other; a number or a name in code may well go on behind a dot. */
function needsSpace(before: string, after: string): boolean {
  const seam = before.slice(-1) + after.slice(0, 2);
  if (unspaced.test(seam)) return false;
  return /^(?:[\p{L},;)][\p{L}\p{N}(]|\p{N}[\p{L}(]|[.!?:…]\p{Lu})/u.test(seam);
}
