import { createHashedFeatures, foldCharacters, type HashedFeatures, mixHash } from "@switchyard/text";
import type { Prompt } from "../../ports.ts";
import { type PromptView, viewPrompt } from "../prompt-view.ts";
import { type Structure, structureOf } from "../structure.ts";
import { addCues } from "./cue-features.ts";
import { shapeOf } from "./shape.ts";

/** Hash buckets: 2^18. */
export const bucketBits = 18;

/** Code units of the user's turn that are looked at: where instructions stand, before and after a given text. */
const headLength = 576;
const tailLength = 192;
/** Of them, those whose runs of characters are features: an instruction is worded there, seldom a given text. */
const charactersHead = 320;
const charactersTail = 128;
const longestRun = 4;
/** Of the operator's instructions. */
const systemLength = 768;
/** Words of the opening, and code units of the ending, that are features by their place. */
const openingWords = 12;
const endingLength = 120;
/** Only a turn longer than this has an ending that its opening does not show. */
const shortTurn = 240;

/** Where features come from; each place hashes by a seed of its own. */
const seed = { words: 1_013, characters: 2_027, opening: 3_041, ending: 4_051, system: 5_059, shape: 6_067 } as const;

/** Euclidean length of the features of each place: how much it can weigh, however long the text is. */
const weight = { words: 1, characters: 1, opening: 1, ending: 0.7, system: 1.2, shape: 0.35 } as const;

/** Of a long turn, where the cues of the rules are looked for. */
const cueBounds = { head: 208, tail: 128 } as const;

/** What was seen of a prompt. */
export interface SeenPrompt {
  /** Its features; they hold until the next prompt. */
  readonly features: HashedFeatures;
  /** Its places, and what it looks like, for whoever judges further. */
  readonly view: PromptView;
  readonly structure: Structure;
}

/** Turns prompts into sparse vectors of hashed n-grams, of what the text looks like and of the cues of the rules. */
export interface PromptFeatures {
  /** Time is linear in at most 1,536 code units. */
  extract(prompt: Prompt): SeenPrompt;
}

/** Extracts the features that `vocabulary` numbers (see `HashedFeaturesOptions`), or all. */
export function createPromptFeatures(vocabulary?: Uint16Array): PromptFeatures {
  const features = createHashedFeatures({ bits: bucketBits, ...(vocabulary && { vocabulary }) });
  const turn = new Uint16Array(headLength + tailLength + 2);
  const instructions = new Uint16Array(systemLength);

  const addTurn = (text: string) => {
    const end = foldCharacters(text, 0, text.length, turn);
    let from = features.size;
    features.addWords(turn, 0, end, seed.words);
    features.scale(from, weight.words);
    from = features.size;
    const cut = end > charactersHead + charactersTail;
    features.addCharacters(turn, 0, cut ? charactersHead : end, 3, longestRun, seed.characters);
    if (cut) features.addCharacters(turn, end - charactersTail, end, 3, longestRun, seed.characters);
    features.scale(from, weight.characters);
    from = features.size;
    features.addWords(turn, 0, end, seed.opening, openingWords);
    features.scale(from, weight.opening);
    if (end <= shortTurn) return;
    from = features.size;
    features.addWords(turn, end - endingLength, end, seed.ending);
    features.scale(from, weight.ending);
  };

  const addSystem = (system: string) => {
    const end = foldCharacters(system, 0, systemLength, instructions);
    const from = features.size;
    features.addWords(instructions, 0, end, seed.system);
    features.scale(from, weight.system);
  };

  return {
    extract(prompt) {
      const text = clip(prompt.text);
      const view = viewPrompt({ ...prompt, text }, cueBounds);
      const structure = structureOf(text);
      features.clear();
      addTurn(text);
      if (prompt.system !== "") addSystem(prompt.system);
      for (const mark of shapeOf(prompt.system, text)) features.add(mixHash(seed.shape, mark), weight.shape);
      addCues(features, view, structure);
      return { features, view, structure };
    },
  };
}

/** The beginning and the end of a long text. */
function clip(text: string): string {
  if (text.length <= headLength + tailLength) return text;
  return `${text.slice(0, headLength)}\n\n${text.slice(-tailLength)}`;
}
