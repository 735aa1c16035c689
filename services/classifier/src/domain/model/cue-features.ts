import { type HashedFeatures, mixHash } from "@switchyard/text";
import type { PromptView } from "../prompt-view.ts";
import type { Structure } from "../structure.ts";
import { structureCues } from "../structure-cues.ts";
import { taskCues } from "../task-cues.ts";

const seed = { turn: 7_069, system: 8_081, structure: 9_091, task: 10_099 } as const;

/** How much a cue that holds can weigh beside the n-grams, and how much the sum of its task's cues. */
const weight = 0.4;
const weightOfSum = 0.07;

/**
 * Adds the cues that hold, each as a feature of its own, and for each task the sum of its cues as the rules weigh them: what
 * was known before any data was seen.
 */
export function addCues(features: HashedFeatures, view: PromptView, structure: Structure): void {
  let number = 0;
  let task = 0;
  for (const [, cues] of taskCues) {
    let sum = 0;
    task++;
    for (const { place, pattern, weight: cueWeight } of cues) {
      number++;
      if (pattern.test(place === "order" ? view.opening : view.instruction)) {
        features.add(mixHash(seed.turn, number), weight);
        sum += cueWeight;
      } else if (view.system !== "" && pattern.test(view.system)) {
        features.add(mixHash(seed.system, number), weight);
        sum += cueWeight;
      }
    }
    if (sum > 0) features.add(mixHash(seed.task, task), weightOfSum * sum);
  }
  number = 0;
  for (const { holds } of structureCues) {
    number++;
    if (holds(structure, view)) features.add(mixHash(seed.structure, number), weight);
  }
}
