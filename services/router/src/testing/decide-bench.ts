import type { Tier } from "@switchyard/contracts/vocabulary/routing";
import { type DecisionPolicy, decide, type Judgement } from "../domain/decide.ts";
import { learnedAppraisal } from "../domain/odds/appraise.ts";
import type { Odds } from "../domain/odds/odds.ts";
import { lessonsOf } from "../domain/outcomes/tables.ts";
import { catalogue, model, premium, prompt } from "./fixtures.ts";

const tiers: readonly Tier[] = ["TIER_ECONOMY", "TIER_STANDARD", "TIER_PREMIUM"];

const judgement: Judgement = {
  ...{ task: "TASK_REASONING", taskConfidence: 0.8, complexity: 0.4, complexityConfidence: 0.5 },
  ...{ language: "en", classifierVersion: "bench" },
};

/** Makes ready to decide about a prompt; the returned function decides, and gives the length of the chain. */
export type Prepare = (text: string) => () => number;

/** Decisions among so many models of all tiers and prices, by learned odds and what outcomes of half of them have taught. */
export function decideAmong(count: number, odds: Odds): Prepare {
  const models = Array.from({ length: count }, (_, index) =>
    model(`vendor/model-${index}`, {
      tier: tiers[index % tiers.length] as Tier,
      contextWindow: 8_000 + 1_000 * index,
      prices: { input: 5 + 10 * index, cachedInput: 5, output: 20 + 40 * index },
    }),
  );
  const cells = models
    .filter((_, index) => index % 2 === 0)
    .map(({ id }) => ({
      ...{ model: id, task: "TASK_REASONING" as const },
      ...{ counts: [0, 0, 0, 0, 5, 0, 0, 0, 0, 20], scores: [0, 0, 0, 0, 1, 0, 0, 0, 0, 19] },
    }));
  const lessons = lessonsOf("bench/t1", cells, premium.id, { patience: 20, maxShift: 3 });
  const policy: DecisionPolicy = {
    catalogue: catalogue(...models, premium),
    ...{ qualityTarget: 0.9, maxCandidates: 4, defaultMaxOutputTokens: 1_024 },
    appraise: learnedAppraisal(odds),
    lessons: () => lessons,
  };
  return (text) => {
    const asked = prompt(
      {},
      { messages: [{ role: "ROLE_USER", content: [{ part: { $case: "text", value: text } }] }] },
    );
    return () => decide(asked, judgement, policy).chain.length;
  };
}
