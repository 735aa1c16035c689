import type { Clock, OutcomeStore, PolicySnapshot } from "../../ports.ts";
import { Refusal } from "../refusal.ts";
import { type Difference, differencesOf, type Replay, replay, type Side } from "./compare.ts";
import type { KeptRequest } from "./kept-request.ts";
import type { Lessons } from "./lessons.ts";
import { type Cell, lessonsOf, type TeachingPolicy } from "./tables.ts";

/** How outcomes are learned from; the configuration's `router.outcomes` says it. */
export interface LearnerPolicy extends TeachingPolicy {
  /** New outcomes that make a new version, by weight. */
  readonly publishAfter: number;
  /** How often what others recorded is looked for, in milliseconds. */
  readonly refreshMs: number;
  /** Name of the weights that the tables stand beside. */
  readonly weights: string;
  readonly baseline: string;
  /** The version that the configuration pins; undefined: none. */
  readonly pinned: string | undefined;
}

/** A version as it is told of. */
export interface PolicyVersion {
  readonly name: string;
  readonly madeAtMs: number;
  readonly outcomeCount: number;
  readonly cellCount: number;
  readonly cause: string;
  readonly active: boolean;
  readonly pinned: boolean;
}

/** Learns from outcomes, and says which version decides. Methods that ask the store throw Refusal SERVICE_UNAVAILABLE. */
export interface Learner {
  /** What decides now. */
  lessons(): Lessons;
  /** Keeps what is needed to judge a request later; written in batches, and lost where the store is away. */
  keep(request: KeptRequest): void;
  /** Looks what has changed, and makes a new version where enough was learned. */
  refresh(): Promise<void>;
  versions(): Promise<PolicyVersion[]>;
  /** Throws Refusal UNKNOWN_VERSION. */
  compare(from: string, to: string): Promise<{ differences: Difference[]; replay: Replay }>;
  /** Makes a version decide; undefined: the newest. Throws Refusal UNKNOWN_VERSION, INVALID_REQUEST. */
  pin(name: string | undefined): Promise<PolicyVersion>;
  /** Makes what was learned what it was at a version, as a new one. Throws Refusal as pin. */
  rollBack(name: string): Promise<PolicyVersion>;
  close(): Promise<void>;
}

/** Requests that are replayed to compare versions. */
const replayed = 1_000;
/** Requests written at once, and how long they wait for it, in milliseconds. */
const batchSize = 256;
const batchMs = 250;

const first: PolicySnapshot = { number: 0, madeAtMs: 0, cause: "first", outcomeCount: 0, cells: [] };

/** `policyNow` is asked each time, for it may change. Starts with what the store holds; until that is known, nothing was learned. `onTrouble` hears of a store that is away. */
export function createLearner(
  store: OutcomeStore,
  policyNow: () => LearnerPolicy,
  clock: Clock,
  onTrouble: (error: unknown) => void,
): Learner {
  const nameOf = (number: number) => `${policyNow().weights}/t${number}`;
  const taught = ({ number, cells }: PolicySnapshot) =>
    lessonsOf(nameOf(number), cells, policyNow().baseline, policyNow());
  let active = taught(first);
  let batch: KeptRequest[] = [];
  let flushing: Promise<void> | undefined;
  let forgetFlush: () => void = () => undefined;

  const numberOf = (name: string): number => {
    const number = Number(/\/t(\d{1,9})$/.exec(name)?.[1] ?? Number.NaN);
    if (name === nameOf(number)) return number;
    throw new Refusal("UNKNOWN_VERSION", `"${name}" is no version of these weights: ${nameOf(0)} would be one`);
  };
  const snapshot = async (number: number): Promise<PolicySnapshot> => {
    const found = number === 0 ? first : await store.version(number);
    if (found) return found;
    throw new Refusal("UNKNOWN_VERSION", `the version ${nameOf(number)} is not kept (any more)`);
  };
  const pinnedNow = async () => {
    const { pinned } = policyNow();
    return pinned === undefined ? await store.pinned() : numberOf(pinned);
  };
  const activate = async (): Promise<void> => {
    const pinned = await pinnedNow();
    const number = pinned ?? (await store.versions())[0]?.number ?? 0;
    if (active.name !== nameOf(number)) active = taught(await snapshot(number));
  };
  const publish = async (cause: string, cells: readonly Cell[], outcomeCount: number): Promise<void> => {
    const number = ((await store.versions())[0]?.number ?? 0) + 1;
    // Another router may have been sooner: then that one's counts.
    await store.publish({ number, cause, cells, outcomeCount, madeAtMs: clock.now() });
  };
  const flush = async (): Promise<void> => {
    forgetFlush();
    const requests = batch;
    batch = [];
    flushing = requests.length === 0 ? undefined : store.keep(requests).catch(onTrouble);
    await flushing;
  };
  const mayPin = () => {
    const { pinned } = policyNow();
    if (pinned === undefined) return;
    throw new Refusal("INVALID_REQUEST", `the configuration pins the version ${pinned} (router.policy.version)`);
  };
  const told = async (): Promise<PolicyVersion[]> => {
    const pinned = await pinnedNow();
    return [...(await store.versions()), first].map(({ number, madeAtMs, cause, outcomeCount, cells }) => ({
      ...{ name: nameOf(number), madeAtMs, cause, outcomeCount, cellCount: cells.length },
      ...{ active: active.name === nameOf(number), pinned: pinned === number },
    }));
  };
  const tellOf = async (): Promise<PolicyVersion> => {
    await activate();
    const version = (await told()).find((one) => one.active);
    if (!version) throw new Refusal("UNKNOWN_VERSION", "the version is not kept any more");
    return version;
  };

  return {
    lessons: () => active,
    keep(request) {
      batch.push(request);
      if (batch.length === 1) forgetFlush = clock.after(batchMs, () => void flush());
      if (batch.length >= batchSize) void flush();
    },
    async refresh() {
      const [{ cells, outcomeCount }, [latest = first]] = await Promise.all([store.tables(), store.versions()]);
      if (outcomeCount - latest.outcomeCount >= policyNow().publishAfter) await publish("learned", cells, outcomeCount);
      await activate();
    },
    versions: told,
    async compare(from, to) {
      const [one, other] = await Promise.all([snapshot(numberOf(from)), snapshot(numberOf(to))]);
      const [before, after]: [Side, Side] = [
        { cells: one.cells, lessons: taught(one) },
        { cells: other.cells, lessons: taught(other) },
      ];
      const requests = await store.recent(replayed);
      return { differences: differencesOf(before, after), replay: replay(requests, before.lessons, after.lessons) };
    },
    async pin(name) {
      mayPin();
      const number = name === undefined ? undefined : (await snapshot(numberOf(name))).number;
      await store.pin(number);
      return await tellOf();
    },
    async rollBack(name) {
      mayPin();
      const { cells, outcomeCount } = await snapshot(numberOf(name));
      await store.replaceTables(cells, outcomeCount);
      await publish(`rolled back to ${name}`, cells, outcomeCount);
      await store.pin(undefined);
      return await tellOf();
    },
    async close() {
      await flush();
      await flushing;
      await store.close();
    },
  };
}
