import type { Attempt } from "@switchyard/contracts/vocabulary/routing";
import type { CacheStore, Entry, Feedback, Meaning, Neighbour, Patience } from "../ports.ts";
import type { Judge } from "./judge.ts";
import { circleOfPartition, isComparable, type MeaningMaker, readMeaning } from "./meaning.ts";
import type { SpacedPlace } from "./place.ts";
import { tightened } from "./tighten.ts";

/** What it takes to find what means the same. */
export interface MeaningContext {
  readonly store: CacheStore;
  readonly maker: MeaningMaker;
  readonly judge: Judge;
  readonly feedback: Feedback;
  /** Share of wrong candidates that may pass. */
  readonly falseHitBudget: number;
  /** Told of what made a search impossible; the request goes on without it. */
  readonly onFault: (fault: unknown) => void;
}

/** An answer to a request that means the same. */
export interface MeaningHit {
  readonly entry: Entry;
  /** Of the place where it is kept. */
  readonly name: string;
  /** Where it counts whether hits are right. */
  readonly partition: string;
  readonly cosine: number;
  /** 0 to 1, the cosine where the cosine alone decides. */
  readonly probability: number;
}

/** What came of reading a request's meaning, and of searching by it. */
export interface Meant {
  readonly meaning: Meaning | undefined;
  /** To be booked. */
  readonly attempt: Attempt | undefined;
  readonly hit: MeaningHit | undefined;
}

const nothing: Meant = { meaning: undefined, attempt: undefined, hit: undefined };

/** How many neighbours are looked at. */
const mostNeighbours = 8;

/**
 * Reads what a request means, so that its answer can be found by it, and if asked to, searches for one that means the same in
 * the circle that may share it. Never rejects: what cannot be read has no meaning, what cannot be searched is no hit.
 */
export async function searchByMeaning(
  place: SpacedPlace & { readonly scope: string },
  text: string | undefined,
  isToSearch: boolean,
  context: MeaningContext,
  nowMs: number,
  patience: Patience,
): Promise<Meant> {
  if (!isComparable(text)) return nothing;
  const read = await readMeaning(place.scope, text, context.maker, patience).catch(context.onFault);
  if (!read) return nothing;
  const { meaning, attempt } = read;
  const hit = isToSearch && meaning ? await nearestRight(place.space, meaning, context, nowMs) : undefined;
  return { meaning, attempt, hit };
}

async function nearestRight(
  space: string,
  meaning: Meaning,
  context: MeaningContext,
  nowMs: number,
): Promise<MeaningHit | undefined> {
  const { store, feedback, judge, onFault } = context;
  // What is known of a kind of question holds whatever numbers stand in it.
  const partition = circleOfPartition(meaning.partition);
  try {
    const [neighbours, evidence] = await Promise.all([
      store.nearest(space, meaning, mostNeighbours, nowMs),
      feedback.of(space, partition, nowMs),
    ]);
    const needed = tightened(judge.needed, evidence, context.falseHitBudget);
    const right = neighbours.map((one) => judged(one, meaning.text, judge)).filter((one) => one.probability >= needed);
    if (right.length === 0) return undefined;
    const entries = await store.get(
      space,
      right.map(({ name }) => name),
      nowMs,
    );
    const at = entries.findIndex((entry) => entry !== undefined);
    const entry = entries[at];
    const found = right[at];
    if (!entry || !found) return undefined;
    if (evidence.bad > 0) feedback.countHit(space, partition, nowMs).catch(onFault);
    return { entry, partition, ...found };
  } catch (fault) {
    onFault(fault);
    return undefined;
  }
}

/** The probability is below every threshold where a rule forbids the hit. */
function judged({ name, text, cosine }: Neighbour, asked: string, judge: Judge) {
  return { name, cosine, probability: judge.likelihood(text, asked, cosine) ?? Number.NEGATIVE_INFINITY };
}
