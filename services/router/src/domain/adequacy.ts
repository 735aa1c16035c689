import type { Classification, Task, Tier } from "@switchyard/contracts/vocabulary/routing";
import type { Catalogue, CatalogueModel } from "./catalogue.ts";
import type { Prompt } from "./request.ts";

/** Looks at a prompt once and tells then, for each model, the chance (0 to 1) that its answer is as good as the baseline's. */
export type Appraise = (
  prompt: Prompt,
  classification: Classification,
  catalogue: Catalogue,
) => (model: CatalogueModel) => number;

/** Goes by tier, task and complexity alone. */
export const judged: Appraise = (_, classification) => (model) => adequacyOf(model.tier, classification);

/**
 * Complexity up to which a tier's answers are taken to be as good as the baseline's, by task. Judgement, not measurement:
 * cheap models hold up on closed tasks (labels, extraction) and fall off first on reasoning and code.
 */
const comfortable: Readonly<Record<"TIER_ECONOMY" | "TIER_STANDARD", Readonly<Partial<Record<Task, number>>>>> = {
  TIER_ECONOMY: {
    TASK_CHAT: 0.4,
    TASK_CLASSIFICATION: 0.55,
    TASK_EXTRACTION: 0.5,
    TASK_SUMMARIZATION: 0.45,
    TASK_TRANSLATION: 0.45,
    TASK_CODE: 0.25,
    TASK_REASONING: 0.2,
    TASK_WRITING: 0.4,
  },
  TIER_STANDARD: {
    TASK_CHAT: 0.7,
    TASK_CLASSIFICATION: 0.85,
    TASK_EXTRACTION: 0.8,
    TASK_SUMMARIZATION: 0.75,
    TASK_TRANSLATION: 0.75,
    TASK_CODE: 0.55,
    TASK_REASONING: 0.5,
    TASK_WRITING: 0.7,
  },
};

const adequate = 0.95;
const fallPerComplexity = 2;
const doubtAsComplexity = 0.15;

/** Chance (0 to 1) that a tier's answer is as good as the baseline's. Doubt about the task counts as complexity. */
export function adequacyOf(tier: Tier, classification: Classification): number {
  if (tier !== "TIER_ECONOMY" && tier !== "TIER_STANDARD") return adequate;
  const limit = comfortable[tier][classification.task] ?? (tier === "TIER_ECONOMY" ? 0.2 : 0.5);
  const complexity = classification.complexity + (1 - classification.taskConfidence) * doubtAsComplexity;
  return Math.min(adequate, Math.max(0.05, adequate - (complexity - limit) * fallPerComplexity));
}
