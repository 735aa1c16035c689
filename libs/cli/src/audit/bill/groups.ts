import type { Task } from "@switchyard/contracts/vocabulary/routing";
import type { LoggedRequest, Tokens } from "../log/logged-request.ts";
import { createReservoir, type Reservoir } from "../sketches/reservoir.ts";
import type { Stakes } from "../vocabulary.ts";
import { guessTask } from "./guess-task.ts";
import { costOf, type PricedModel } from "./price-list.ts";
import { keepSample, type Sample } from "./sample.ts";

/** Requests of one feature with the same stakes and task: added up exactly, and a fair sample of them. */
export interface Group {
  readonly feature: string;
  readonly stakes: Stakes;
  /** As the log says, or as guessed. */
  readonly task: Task;
  readonly isTaskGiven: boolean;
  readonly requests: number;
  readonly tokens: Tokens;
  readonly costUsdNanos: number;
  readonly samples: readonly Sample[];
}

export interface GroupOptions {
  /** Requests kept of each group. */
  readonly sampleSize: number;
  readonly random: () => number;
  /** What is at stake by feature, where the log does not say. Otherwise it is medium. */
  readonly stakesOf: ReadonlyMap<string, Stakes>;
}

export interface Groups {
  add(request: LoggedRequest, model: PricedModel): void;
  all(): readonly Group[];
  /** Whether there were more groups than are kept apart. */
  hasOverflown(): boolean;
}

/** Stands for every feature beyond those kept apart. */
export const otherFeatures = "(other features)";
const mostGroups = 128;

interface OpenGroup extends Omit<Group, "samples"> {
  requests: number;
  tokens: { fresh: number; cached: number; output: number };
  costUsdNanos: number;
  readonly reservoir: Reservoir<Sample>;
}

/** Sorts requests into groups. Memory is bounded: the features that come first are kept apart, later ones go together. */
export function createGroups({ sampleSize, random, stakesOf }: GroupOptions): Groups {
  const groups = new Map<string, OpenGroup>();
  let overflown = false;

  const groupOf = (feature: string, stakes: Stakes, task: Task, isTaskGiven: boolean): OpenGroup => {
    const key = `${stakes}|${task}|${isTaskGiven}|${feature}`;
    const found = groups.get(key);
    if (found) return found;
    if (groups.size >= mostGroups && feature !== otherFeatures) {
      overflown = true;
      return groupOf(otherFeatures, stakes, task, isTaskGiven);
    }
    const tokens = { fresh: 0, cached: 0, output: 0 };
    const reservoir = createReservoir<Sample>(sampleSize, random);
    const opened = { feature, stakes, task, isTaskGiven, requests: 0, tokens, costUsdNanos: 0, reservoir };
    groups.set(key, opened);
    return opened;
  };

  return {
    add(request, model) {
      const task = request.task ?? guessTask(request.prompt, request.tokens);
      const stakes = request.stakes ?? stakesOf.get(request.feature) ?? "medium";
      const group = groupOf(request.feature, stakes, task, request.task !== undefined);
      group.requests++;
      group.tokens.fresh += request.tokens.fresh;
      group.tokens.cached += request.tokens.cached;
      group.tokens.output += request.tokens.output;
      group.costUsdNanos += costOf(request.tokens, model.prices);
      const hint = request.task ?? (request.prompt ? undefined : task);
      group.reservoir.offer(() => keepSample(request, model, hint));
    },
    all: () => [...groups.values()].map(({ reservoir, ...group }) => ({ ...group, samples: reservoir.items })),
    hasOverflown: () => overflown,
  };
}
