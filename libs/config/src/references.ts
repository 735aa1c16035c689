import { readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { z } from "zod";
import { Secret } from "./secret.ts";

/** What references are resolved against. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder that relative `file:` references start from. */
  readonly folder: string;
}

const reference = z.union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })], {
  error: "must be { env: NAME } or { file: PATH }",
});

type Reference = z.infer<typeof reference>;

/** A value that stands elsewhere, read now; undefined where the variable is unset or empty, or the file does not exist. */
function read(source: Reference, { environment, folder }: Surroundings): string | undefined {
  if ("env" in source) return environment[source.env]?.trim() || undefined;
  try {
    return readFileSync(isAbsolute(source.file) ? source.file : join(folder, source.file), "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}

/** A secret: only ever by reference, `{ env: NAME }` or `{ file: PATH }`. Undefined where the reference leads nowhere. */
export const secretFrom = (surroundings: Surroundings) =>
  reference.transform((source) => {
    const value = read(source, surroundings);
    return value === undefined ? undefined : new Secret(value);
  });

/** Text, written down or by reference. Undefined where the reference leads nowhere. */
export const textFrom = (surroundings: Surroundings) =>
  z.union([z.string().min(1), reference.transform((source) => read(source, surroundings))]);
