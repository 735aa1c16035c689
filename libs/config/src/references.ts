import { readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { z } from "zod";
import { weight } from "./primitives.ts";
import { Secret } from "./secret.ts";

/** What references are resolved against. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder that relative `file:` references start from. */
  readonly folder: string;
  /** Ids of models that providers were asked for, by the provider's key. Absent: nobody was asked yet. */
  readonly listed?: ReadonlyMap<string, readonly string[]>;
}

const wrongReference = "must be { env: NAME } or { file: PATH }";

const reference = z.union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })], {
  error: wrongReference,
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

/** A secret that is one of several, and its share of the use beside the others. */
export interface WeightedSecret {
  /** Undefined where the reference leads nowhere. */
  readonly secret: Secret | undefined;
  readonly weight: number;
}

const wrongWeightedReference = `${wrongReference}, and may have a weight beside it`;

/** Strict by hand: the name of an unknown field is not repeated, since it may be a key that was written down by mistake. */
const weightedReference = z
  .looseObject(
    { env: z.string().min(1).optional(), file: z.string().min(1).optional(), weight: weight.default(1) },
    wrongWeightedReference,
  )
  .refine(({ weight, ...source }) => reference.safeParse(source).success, wrongWeightedReference);

/** As {@link secretFrom}, where the reference may carry a weight beside it, `{ env: NAME, weight: 3 }`; 1 unless said. */
export const weightedSecretFrom = (surroundings: Surroundings) =>
  weightedReference.transform(({ env, file, weight }): WeightedSecret => {
    const value = read(env === undefined ? { file: file ?? "" } : { env }, surroundings);
    return { secret: value === undefined ? undefined : new Secret(value), weight };
  });

/** Text, written down or by reference. Undefined where the reference leads nowhere. */
export const textFrom = (surroundings: Surroundings) =>
  z.union([z.string().min(1), reference.transform((source) => read(source, surroundings))]);
