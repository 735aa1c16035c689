import type { Task } from "@switchyard/contracts/vocabulary/routing";
import type { DecidedSample } from "./bill/estimate.ts";
import type { Group } from "./bill/groups.ts";
import type { PricedModel } from "./bill/price-list.ts";
import type { Sample } from "./bill/sample.ts";
import type { Policy } from "./policy.ts";

/** A group with what the policy does with its samples. */
export interface DecidedGroup {
  readonly group: Group;
  readonly samples: readonly DecidedSample[];
  /** The task that most of its prompts are taken for. */
  readonly task: Task;
}

export interface Decisions {
  readonly groups: readonly DecidedGroup[];
  /** Requests asked about. */
  readonly asked: number;
  /** Of those, requests whose prompt the log does not hold, so that an invented one of their length stood in. */
  readonly invented: number;
  /** Why some samples stay where they are, by reason. */
  readonly kept: ReadonlyMap<string, number>;
}

const concurrency = 16;

/**
 * Asks the policy about every sample of every group. What it does not take, and embeddings, stay at today's model. `onAsked` is
 * told of each answer.
 */
export async function askPolicy(
  groups: readonly Group[],
  policy: Policy,
  models: readonly PricedModel[],
  { signal, onAsked }: { readonly signal: AbortSignal; readonly onAsked: () => void },
): Promise<Decisions> {
  const byId = new Map(models.map((model) => [model.id, model]));
  const kept = new Map<string, number>();
  const keep = (reason: string) => kept.set(reason, (kept.get(reason) ?? 0) + 1);

  const decide = async (sample: Sample): Promise<DecidedSample & { task: Task | undefined }> => {
    const { model: today, tokens } = sample;
    const stays = { model: today, tokens, task: undefined };
    if (!today.isChat) return stays;
    const decision = await policy.decide(sample, signal);
    onAsked();
    if ("refused" in decision) {
      keep(decision.refused);
      return stays;
    }
    const model = byId.get(decision.model);
    if (model) return { model, tokens, task: decision.task };
    keep("UNKNOWN_MODEL");
    return stays;
  };

  const decided: DecidedGroup[] = [];
  let [asked, invented] = [0, 0];
  for (const group of groups) {
    const samples = await inParallel(group.samples, decide);
    const chats = group.samples.filter(({ model }) => model.isChat);
    asked += chats.length;
    invented += chats.filter(({ prompt }) => prompt === undefined).length;
    decided.push({ group, samples, task: group.isTaskGiven ? group.task : majority(samples, group.task) });
  }
  return { groups: decided, asked, invented, kept };
}

/** What most were taken for; `otherwise` where nothing was. */
function majority(samples: readonly { readonly task: Task | undefined }[], otherwise: Task): Task {
  const counts = Map.groupBy(
    samples.flatMap(({ task }) => task ?? []),
    (task) => task,
  );
  const [most] = [...counts].sort(([, a], [, b]) => b.length - a.length);
  return most?.[0] ?? otherwise;
}

async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return results;
}
