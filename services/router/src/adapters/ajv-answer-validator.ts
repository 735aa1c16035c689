import { Ajv, type ValidateFunction } from "ajv";
import { RE2JS } from "re2js";
import type { AnswerValidator } from "../ports.ts";

/** Schemas and patterns kept compiled; the least recently used go first. */
const kept = 256;
/** Longer ones are not worth the time that compiling them takes: they are taken for fulfilled. */
const longestSchema = 64 * 1024;
const longestPattern = 512;

/**
 * Checks JSON by Ajv and patterns by RE2, both linear in the answer. Schemas come from callers, so nothing in them may cost
 * what they like: patterns in a schema are RE2's too, formats are not looked at, no schema is fetched, what is not known is
 * passed over, and what does not compile checks nothing.
 */
export function answerValidator(): AnswerValidator {
  const ajv = new Ajv({
    strict: false,
    validateFormats: false,
    validateSchema: false,
    addUsedSchema: false,
    logger: false,
    code: { regExp: Object.assign(linearPattern, { code: "linearPattern" }) },
  });
  const schemas = recentlyUsed((schemaJson: string): ValidateFunction | undefined => {
    const schema = parsed(schemaJson)?.value;
    if (typeof schema !== "object" || schema === null || schemaJson.length > longestSchema) return undefined;
    // Two schemas of callers may carry the same name.
    const { $id: _, ...unnamed } = schema as Record<string, unknown>;
    try {
      return ajv.compile(unnamed);
    } catch {
      return undefined;
    } finally {
      ajv.removeSchema(unnamed);
    }
  });
  const patterns = recentlyUsed((pattern: string): RE2JS | undefined => {
    try {
      return pattern.length > longestPattern ? undefined : RE2JS.compile(pattern);
    } catch {
      return undefined;
    }
  });
  return {
    mismatch(schemaJson, text) {
      const json = parsed(text);
      if (!json) return "it is not JSON";
      const validate = schemas(schemaJson);
      if (!validate || validate(json.value)) return undefined;
      // Neither the path nor the message may tell the answer's own words.
      return `it does not follow the schema: ${validate.errors?.[0]?.keyword ?? "wrong"}`;
    },
    matches: (pattern, text) => patterns(pattern)?.matcher(text).find() ?? true,
  };
}

/** A pattern of a schema, as Ajv asks for it. */
const linearPattern = (pattern: string) => {
  const compiled = RE2JS.compile(pattern);
  return { test: (text: string) => compiled.matcher(text).find(), source: pattern, exec: () => null };
};

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Remembers what was made last. */
function recentlyUsed<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>();
  return (key) => {
    const known = made.has(key) ? (made.get(key) as T) : make(key);
    made.delete(key);
    made.set(key, known);
    if (made.size > kept) made.delete(made.keys().next().value as string);
    return known;
  };
}
