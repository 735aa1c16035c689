import type { Classification } from "@switchyard/contracts/vocabulary/routing";
import type { Prompt, PromptClassifier } from "../../ports.ts";
import { judgeComplexity } from "../complexity.ts";
import { judgeOutcome } from "./judge-outcome.ts";
import type { ClassifierModel } from "./model-format.ts";
import { modelTasks } from "./model-tasks.ts";
import { createPromptFeatures } from "./prompt-features.ts";
import { calibrated, createScorer, winnerOf } from "./score-model.ts";

/**
 * Where fewer of a prompt's n-grams are known to the model, the rules judge: it is a script or a language without data, or
 * noise. Of hashes drawn by lot a quarter would be known, of letters at random a little more than half; of English prompts
 * three quarters or more are.
 */
const leastCoverage = 0.55;
/** What is claimed of such a prompt at most. */
const mostConfidenceUnknown = 0.5;
/** How much of the beginning tells the language. */
const languageLength = 256;

/** What the model classifier is made of. */
export interface ModelClassifierParts {
  readonly model: ClassifierModel;
  /** Judges prompts that the model does not know, and how much a prompt demands. */
  readonly rules: PromptClassifier;
  /** BCP 47 tag of a text's language. */
  readonly guessLanguage: (text: string) => string;
}

/**
 * Judges prompts by a trained model. The rules judge what the model has no data for, with a confidence that says so; the
 * router then takes the safer tier. Time is linear in at most 1,536 code units of the prompt.
 */
export function modelClassifier({ model, rules, guessLanguage }: ModelClassifierParts): PromptClassifier {
  const features = createPromptFeatures(model.vocabulary);
  const scoresOf = createScorer(model);
  const { version, calibration } = model.header;

  const classify = (prompt: Prompt): Classification => {
    const { features: found, view, structure } = features.extract(prompt);
    if (found.known < leastCoverage * found.seen || found.size === 0) return unknownTo(rules.classify(prompt), version);
    const scores = scoresOf(found);
    const { index, share } = winnerOf(scores, modelTasks.length);
    const task = modelTasks[index] ?? "TASK_CHAT";
    const byRules = judgeComplexity(task, view, structure);
    return {
      task,
      taskConfidence: rounded(calibrated(share, calibration)),
      complexity: rounded(judgeOutcome(task, scores.subarray(modelTasks.length), byRules.complexity)),
      complexityConfidence: byRules.confidence,
      language: guessLanguage(prompt.text.slice(0, languageLength)),
      classifierVersion: version,
    };
  };
  return { classify };
}

/** A judgement of the rules where the model has nothing to say. */
function unknownTo(byRules: Classification, version: string): Classification {
  return {
    ...byRules,
    taskConfidence: Math.min(byRules.taskConfidence, mostConfidenceUnknown),
    complexityConfidence: Math.min(byRules.complexityConfidence, mostConfidenceUnknown),
    classifierVersion: version,
  };
}

const rounded = (value: number) => Math.round(value * 1_000) / 1_000;
