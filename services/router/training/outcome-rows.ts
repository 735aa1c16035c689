import { readLines } from "./routing-data.ts";

/** Tiers of the models, for those that are not in the file. */
export type TierOf = Readonly<Record<string, "economy" | "standard" | "premium">>;

/** A prompt with how good the answers of models were, 0 (useless) to 1 (good enough). */
export interface OutcomeRow {
  readonly prompt: string;
  /** The kind of prompts it belongs to. */
  readonly source: string;
  readonly models: Readonly<Record<string, number>>;
}

/**
 * Reads a log of outcomes: JSON Lines, gzipped or not, each `{"prompt", "model", "score" | "good", "task"?}`. The outcomes of
 * one prompt come together; several of one model are its mean. Throws TypeError that names the line.
 */
export function readOutcomes(path: string): OutcomeRow[] {
  const rows = new Map<string, { source: string; models: Map<string, number[]> }>();
  for (const [index, line] of readLines<Record<string, unknown>>(path).entries()) {
    const { prompt, model, task } = line;
    const score = typeof line.good === "boolean" ? Number(line.good) : line.score;
    const isWrong = typeof prompt !== "string" || prompt === "" || typeof model !== "string" || model === "";
    if (isWrong || typeof score !== "number" || !(score >= 0 && score <= 1)) {
      throw new TypeError(`${path}: outcome ${index + 1} needs a prompt, a model and good, or a score from 0 to 1`);
    }
    const row = rows.get(prompt) ?? { source: typeof task === "string" ? `own/${task}` : "own", models: new Map() };
    rows.set(prompt, row);
    row.models.set(model, [...(row.models.get(model) ?? []), score]);
  }
  const mean = (scores: readonly number[]) => scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return [...rows].map(([prompt, { source, models }]) => ({
    prompt,
    source,
    models: Object.fromEntries([...models].map(([model, scores]) => [model, mean(scores)])),
  }));
}

/** Outcomes that a model must have to be told apart from its tier. */
export const fewestOutcomes = 50;

/** The models with enough outcomes, by name. */
export function commonModels(rows: readonly OutcomeRow[]): string[] {
  const counts = new Map<string, number>();
  for (const { models } of rows) for (const name of Object.keys(models)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].flatMap(([name, count]) => (count >= fewestOutcomes ? [name] : [])).sort();
}
