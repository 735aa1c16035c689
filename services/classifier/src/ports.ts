import type { Classification } from "@switchyard/contracts/vocabulary/routing";

/** A prompt as the classifier sees it. */
export interface Prompt {
  /** The operator's instructions, joined; empty if there are none. */
  readonly system: string;
  /** The last user turn, whole or with its middle cut out. */
  readonly text: string;
  /** Turns before it. */
  readonly earlierTurnCount: number;
  readonly hasTools: boolean;
  readonly wantsJson: boolean;
}

/** Judges prompts. Answers every prompt, the empty one too; the same prompt always in the same way. */
export interface PromptClassifier {
  /** Task, complexity, language and how sure of them; `task` is never unspecified. Takes time linear in the prompt. */
  classify(prompt: Prompt): Classification;
}
