import type { Prompt } from "../ports.ts";
import { excerpt } from "./excerpt.ts";

/** A prompt cut into the places where people say what they want, and the rest. */
export interface PromptView {
  /** The first words of the user's turn, courtesies left out: where an order stands. */
  readonly opening: string;
  /** Beginning and end of the user's turn: where instructions stand around a given text. */
  readonly instruction: string;
  /** Beginning of the operator's instructions. */
  readonly system: string;
  /** The user's turn, its middle cut out where it is long. */
  readonly body: string;
  readonly wantsJson: boolean;
  readonly hasTools: boolean;
  readonly earlierTurnCount: number;
}

const openingLength = 160;
/** How much of the beginning and of the end is taken for instructions, in UTF-16 code units. */
export interface InstructionBounds {
  readonly head: number;
  readonly tail: number;
}

const usualBounds: InstructionBounds = { head: 400, tail: 300 };
const systemLength = 600;

const courtesy =
  /^(?:["'#>*\s-]+|(?:hi|hey|hello|ok|okay|so|now|please|kindly|quick one|task|instructions?|question|q|definition)\b[\s,.!:-]*(?:there\b[\s,.!:-]*)?|(?:can|could|would|will) you\b\s*|(?:please\b\s*)?help me(?: to)?\b\s*|i(?:'d| would) like you to\b\s*|i (?:want|need) you to\b\s*|i(?: want|'d like| would like| need) to\b\s*|your (?:task|job) is to\b\s*|in this task,?\s*(?:you (?:are|need to)\b\s*)?)/i;

/** Cuts a prompt into its places. Time is linear in the first 16 KiB and last 4 KiB of the text. */
export function viewPrompt(prompt: Prompt, { head, tail }: InstructionBounds = usualBounds): PromptView {
  const body = excerpt(prompt.text);
  const instruction = body.length <= head + tail ? body : `${body.slice(0, head)}\n${body.slice(-tail)}`;
  return {
    opening: withoutCourtesies(body.slice(0, head)).slice(0, openingLength),
    instruction,
    system: prompt.system.slice(0, systemLength),
    body,
    wantsJson: prompt.wantsJson,
    hasTools: prompt.hasTools,
    earlierTurnCount: prompt.earlierTurnCount,
  };
}

function withoutCourtesies(text: string): string {
  let rest = text;
  for (let round = 0; round < 4; round++) {
    const length = courtesy.exec(rest)?.[0].length ?? 0;
    if (length === 0) break;
    rest = rest.slice(length);
  }
  return rest;
}
