import { readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { Surroundings } from "./references.ts";

const rule = z.strictObject({
  /** Ids that it is for; `*` stands for anything. */
  match: z.string().min(1),
  /** Fields of a model, as under `models`. */
  set: z.record(z.string(), z.unknown()),
});

/**
 * A catalogue that stands in a file of its own: a list of models or of bare ids, in YAML or JSON, or what a provider's
 * `/v1/models` answers.
 */
const fromFile = z.strictObject({
  /** Its path, from the folder of the configuration on. */
  file: z.string().min(1),
  /** What models get that the file does not say: the first rule that fits a model and says it. Ids that no rule is for are left out. */
  rules: z.array(rule).default([]),
  /** Models beside those of the file; one of the same id takes its place. */
  and: z.array(z.record(z.string(), z.unknown())).default([]),
});

/** Models as they stand under `models`, or the way to their file: as a list. What is wrong is told at its place. */
export const modelsFrom = ({ folder }: Surroundings) =>
  z.unknown().transform((value, context): unknown => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const source = fromFile.safeParse(value);
    if (!source.success) {
      for (const { message, path } of source.error.issues) context.addIssue({ code: "custom", path, message });
      return z.NEVER;
    }
    const { file, rules, and } = source.data;
    try {
      const listed = listOf(parse(readFileSync(isAbsolute(file) ? file : join(folder, file), "utf8")));
      const own = new Set(and.map(({ id }) => id));
      return [...listed.filter(({ id }) => !own.has(id)).flatMap((model) => completed(model, rules)), ...and];
    } catch (error) {
      context.addIssue({ code: "custom", path: ["file"], message: `cannot be read: ${(error as Error).message}` });
      return z.NEVER;
    }
  });

type Fields = Readonly<Record<string, unknown>>;

/** The entries of a file; of what a provider answers, only the ids, for the rest is not what it is here. */
function listOf(content: unknown): Fields[] {
  const { data } = (content ?? {}) as { data?: unknown };
  const entries: unknown = Array.isArray(data) ? data.map((entry: { id?: unknown }) => entry?.id) : content;
  if (!Array.isArray(entries)) throw new TypeError("it is no list of models");
  return entries.map((entry): Fields => {
    if (typeof entry === "string") return { id: entry };
    if (typeof entry === "object" && entry !== null) return entry as Fields;
    throw new TypeError("an entry is neither a model nor an id");
  });
}

function completed(model: Fields, rules: readonly z.infer<typeof rule>[]): Fields[] {
  const fitting = rules.filter(({ match }) => isMatch(String(model.id), match));
  if (rules.length > 0 && fitting.length === 0) return [];
  // The first rule that says a field comes last, and the file after all of them.
  return [Object.assign({}, ...fitting.map(({ set }) => set).reverse(), model) as Fields];
}

function isMatch(id: string, pattern: string): boolean {
  const [first = "", ...others] = pattern.split("*");
  if (others.length === 0) return id === pattern;
  if (!id.startsWith(first)) return false;
  const last = others.pop() ?? "";
  let at = first.length;
  for (const part of others) {
    const found = id.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return id.length - last.length >= at && id.endsWith(last);
}
