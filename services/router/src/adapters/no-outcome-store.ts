import { Refusal } from "../domain/refusal.ts";
import type { OutcomeStore } from "../ports.ts";

const refuse = async (): Promise<never> => {
  throw new Refusal("SERVICE_UNAVAILABLE", "outcomes are not kept here (router.outcomes.store)");
};

/** Keeps nothing: requests cannot be judged, and nothing is learned. */
export const noOutcomeStore: OutcomeStore = {
  keep: async () => undefined,
  find: refuse,
  recent: async () => [],
  record: refuse,
  tables: async () => ({ cells: [], outcomeCount: 0 }),
  replaceTables: refuse,
  publish: refuse,
  versions: async () => [],
  version: async () => undefined,
  pinned: async () => undefined,
  pin: refuse,
  close: async () => undefined,
};
