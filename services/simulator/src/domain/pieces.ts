import { estimateTokens } from "@switchyard/text";

/** Cuts a text into pieces of about a token each; together they are the text. */
export function cutIntoPieces(text: string): string[] {
  return text.match(/\s*(?:[\p{L}\p{N}_]{1,10}|[^\s\p{L}\p{N}_]{1,3})|\s+/gu) ?? [];
}

/** A text that was made to end where it must. */
export interface BoundedText {
  readonly pieces: readonly string[];
  readonly text: string;
  readonly tokens: number;
  readonly finishReason: "stop" | "length";
}

/** Ends a text before the first stop sequence, and after at most so many tokens. */
export function boundText(whole: string, stop: readonly string[], maxTokens: number): BoundedText {
  const ends = stop.map((sequence) => whole.indexOf(sequence)).filter((index) => index >= 0);
  const text = ends.length > 0 ? whole.slice(0, Math.min(...ends)) : whole;
  const pieces = cutIntoPieces(text);
  const tokens = estimateTokens(text);
  if (tokens <= maxTokens) return { pieces, text, tokens, finishReason: "stop" };
  const kept = pieces.slice(0, pieceCountWithin(pieces, maxTokens));
  return { pieces: kept, text: kept.join(""), tokens: maxTokens, finishReason: "length" };
}

/** How many pieces make at most so many tokens; at least one. */
function pieceCountWithin(pieces: readonly string[], maxTokens: number): number {
  let lowest = 1;
  let highest = pieces.length;
  while (lowest < highest) {
    const middle = Math.ceil((lowest + highest) / 2);
    if (estimateTokens(pieces.slice(0, middle).join("")) <= maxTokens) lowest = middle;
    else highest = middle - 1;
  }
  return lowest;
}
