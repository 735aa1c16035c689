import { guessLanguage } from "@switchyard/text";
import type { Embedder, Meaning, Patience } from "../ports.ts";
import { sha256 } from "./request-digest.ts";

/** Longer turns are documents, which one sentence in the middle can change altogether: they are compared exactly only. */
export const mostCharacters = 4_000;

/** Whether a text can be compared by its meaning. */
export const isComparable = (text: string | undefined): text is string =>
  text !== undefined && text.length <= mostCharacters && text.trim() !== "";

const scopeLength = 43;

/** What makes vectors, and what keeps them apart. */
export interface MeaningMaker {
  readonly embedder: Embedder;
  /** See {@link Judge.markOf}. */
  readonly markOf: (text: string) => string;
}

/**
 * The partition in which a text is compared: its scope, then a hash over its language and what made its vector, then one over
 * its mark, if it has one: texts whose marks differ are never searched for each other. The scope can be read from it, so that
 * whoever gets a meaning back can tell that it belongs to the place beside it.
 */
export function partitionOf(
  scope: string,
  text: string,
  mark: string,
  embedderVersion: string,
  dimensions: number,
): string {
  const circle = scope + sha256(JSON.stringify([guessLanguage(text), embedderVersion, dimensions])).slice(0, 22);
  return mark === "" ? circle : circle + sha256(mark).slice(0, 22);
}

/** Whether a meaning is one that {@link readMeaning} gives by these means: nothing of it was changed but the vector. */
export function isMeaning({ partition, vector, text }: Meaning, { embedder, markOf }: MeaningMaker): boolean {
  if (!isComparable(text) || !isUnit(vector)) return false;
  const scope = scopeOfPartition(partition);
  return partition === partitionOf(scope, text, markOf(text), embedder.version, vector.length);
}

/** The scope that a partition is part of. */
export const scopeOfPartition = (partition: string): string => partition.slice(0, scopeLength);

/** The partitions that differ by the marks of texts only, taken together. */
export const circleOfPartition = (partition: string): string => partition.slice(0, scopeLength + 22);

/** The meaning of a text in a scope, and the call to be booked for it; no meaning where the text says nothing. */
export async function readMeaning(scope: string, text: string, maker: MeaningMaker, patience: Patience) {
  const { embedder } = maker;
  const mark = maker.markOf(text);
  const { vectors, attempt } = await embedder.embed([text], patience);
  const vector = vectors[0];
  const isThere = vector !== undefined && isUnit(vector);
  const partition = isThere ? partitionOf(scope, text, mark, embedder.version, vector.length) : "";
  const meaning: Meaning | undefined = isThere ? { partition, vector, text } : undefined;
  return { meaning, attempt };
}

/** Whether a vector is of length one, but for rounding. */
function isUnit(vector: Float32Array): boolean {
  let squares = 0;
  for (const value of vector) squares += value * value;
  return Math.abs(squares - 1) < 1e-3;
}
