import { readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { milliseconds, name } from "./primitives.ts";
import type { Surroundings } from "./references.ts";

type Fields = Readonly<Record<string, unknown>>;

const rule = z.strictObject({
  /** Ids that it is for; `*` stands for anything. */
  match: z.string().min(1),
  /** Fields of a model, as under `models`. */
  set: z.record(z.string(), z.unknown()),
});

/**
 * A catalogue that stands in a file of its own: a list of models or of bare ids, in YAML or JSON, or what a provider's
 * `/v1/models` answers; or the provider itself, which is asked for it.
 */
const elsewhere = z.strictObject({
  /** Its path, from the folder of the configuration on. */
  file: z.string().min(1).optional(),
  /** The provider of `providers` that is asked at its `baseUrl`, and serves what it lists. Until it answers there is only what stands under `and`. */
  provider: name.optional(),
  /** How often the provider is asked, in milliseconds. */
  refreshMs: milliseconds.default(300_000),
  /** What models get that the file does not say: the first rule that fits a model and says it. Ids that no rule is for are left out. */
  rules: z.array(rule).default([]),
  /** Models beside those of the file; one of the same id takes its place. */
  and: z.array(z.record(z.string(), z.unknown())).default([]),
});

/** Models as they stand under `models`, or the way to their file: as a list. What is wrong is told at its place. */
export const modelsFrom = ({ folder, listed }: Surroundings) =>
  z.unknown().transform((value, context): unknown => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const source = elsewhere.safeParse(value);
    if (!source.success) {
      for (const { message, path } of source.error.issues) context.addIssue({ code: "custom", path, message });
      return z.NEVER;
    }
    const { file, provider, rules, and } = source.data;
    if ((file === undefined) === (provider === undefined)) {
      context.addIssue({ code: "custom", message: "names a file or a provider, one of them" });
      return z.NEVER;
    }
    const own = new Set(and.map(({ id }) => id));
    const told = (models: readonly Fields[]) => [
      ...models.filter(({ id }) => !own.has(id)).flatMap((model) => completed(model, rules)),
      ...and,
    ];
    if (file === undefined) {
      const ids = (provider !== undefined && listed?.get(provider)) || [];
      if (rules.length > 0) return told(ids.map((id) => ({ id, providers: [provider] })));
      context.addIssue({ code: "custom", path: ["rules"], message: "say what a provider's ids cost: there are none" });
      return z.NEVER;
    }
    try {
      return told(listOf(parse(readFileSync(isAbsolute(file) ? file : join(folder, file), "utf8"))));
    } catch (error) {
      context.addIssue({ code: "custom", path: ["file"], message: `cannot be read: ${(error as Error).message}` });
      return z.NEVER;
    }
  });

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
