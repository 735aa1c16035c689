import { basename, join } from "node:path";
import type { Labels } from "./fit.ts";
import { type RoutingRow, readLines, routingFiles, setOf } from "./routing-data.ts";
import { tierMembers } from "./sets.ts";

/** Everything that is learned from, as numbers. */
export interface TrainingSet {
  readonly rows: readonly RoutingRow[];
  readonly texts: readonly string[];
  readonly labels: Labels;
  readonly heads: readonly string[];
  readonly sources: readonly string[];
  /** Number of the source that stands for prompts like none that was measured. */
  readonly unlike: number;
  readonly paths: readonly string[];
}

/** Sources of the classifier's data under MIT or Apache-2.0 that no set of outcomes resembles. */
const unlikeSources = new Set(["hh_rlhf", "gpteacher_roleplay", "writingbench", "seed_tasks", "natinst"]);
const mostUnlike = 2_500;

/** Reads the `*.train` files of a folder, and what to hold for unlike them. */
export function readTrainingSet(folder: string, unlikeFile: string | undefined): TrainingSet {
  const files = routingFiles(folder).filter(({ stem }) => stem.endsWith(".train"));
  const rows = files.flatMap(({ path }) => readLines<RoutingRow>(path));
  const others = unlikeFile === undefined ? [] : readUnlike(unlikeFile);
  const models = [...new Set(rows.flatMap((row) => Object.keys(row.models).map((model) => `${setOf(row)}|${model}`)))];
  const heads = [...models, ...Object.keys(tierMembers).map((tier) => `tier|${tier}`)];
  const numbers = new Map(heads.map((name, head) => [name, head]));
  const kinds = [...new Set(rows.map(({ source }) => source)), "unlike"];
  const outcomes = rows.map((row) => [
    ...Object.entries(row.models).map(
      ([model, { score }]) => [numbers.get(`${setOf(row)}|${model}`) ?? 0, score] as const,
    ),
    ...tierOutcomes(row, numbers),
  ]);
  return {
    rows,
    texts: [...rows.map(({ prompt }) => prompt), ...others],
    labels: {
      outcomes,
      sources: [...rows.map(({ source }) => kinds.indexOf(source)), ...others.map(() => kinds.length - 1)],
      headCount: heads.length,
      sourceCount: kinds.length,
    },
    heads,
    sources: kinds,
    unlike: kinds.length - 1,
    paths: [...files.map(({ path }) => path), ...(unlikeFile === undefined ? [] : [unlikeFile])],
  };
}

function tierOutcomes(row: RoutingRow, numbers: ReadonlyMap<string, number>): (readonly [number, number])[] {
  return Object.entries(tierMembers).flatMap(([tier, members]) => {
    const scores = Object.entries(row.models).flatMap(([model, { score }]) => (members.has(model) ? [score] : []));
    if (scores.length === 0) return [];
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    return [[numbers.get(`tier|${tier}`) ?? 0, mean] as const];
  });
}

function readUnlike(path: string): string[] {
  const rows = readLines<{ text: string; source: string }>(path);
  return rows
    .filter(({ source }) => unlikeSources.has(source))
    .slice(0, mostUnlike)
    .map(({ text }) => text);
}

/** File names without folders, for the card. */
export const namesOf = (paths: readonly string[]): string => paths.map((path) => basename(join(path))).join(", ");
