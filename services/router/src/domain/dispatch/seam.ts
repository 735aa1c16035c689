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

/** A seam behind a text: whitespace is not doubled, and a repetition of the text's end is dropped. */
export function createSeam(before: string): Seam {
  let held: string | undefined = "";
  const release = () => {
    const text = joined(before, held ?? "");
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

function joined(before: string, after: string): string {
  const written = before.trimEnd();
  const fresh = after.trimStart();
  for (let length = Math.min(written.length, fresh.length, lookahead); length >= leastOverlap; length--) {
    if (written.endsWith(fresh.slice(0, length))) {
      const rest = fresh.slice(length);
      return written.length < before.length ? rest.trimStart() : rest;
    }
  }
  return written.length < before.length ? fresh : after;
}
