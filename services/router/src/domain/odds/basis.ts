import type { Odds } from "./odds.ts";

/** What learned odds see in a prompt. */
export interface OddsBasis {
  /** Version of the odds. */
  readonly version: string;
  /** How little it resembles what was measured, 0 to 1. */
  readonly unlike: number;
  /** The kinds of measured prompts that it resembles most, the most first. */
  readonly likenesses: readonly { readonly kind: string; readonly share: number }[];
}

const told = 3;
const negligible = 0.01;

/** Tells what odds see in a text, for people. */
export function basisOf(odds: Odds, text: string): OddsBasis {
  const { unlike, likely } = odds.read(text);
  const likenesses = odds.sources
    .flatMap((kind, source) => (kind === undefined ? [] : [{ kind, share: likely[source] as number }]))
    .filter(({ share }) => share >= negligible)
    .sort((one, other) => other.share - one.share)
    .slice(0, told);
  return { version: odds.version, unlike, likenesses };
}
