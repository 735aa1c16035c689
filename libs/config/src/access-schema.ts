import { z } from "zod";
import { name, positiveInt } from "./primitives.ts";

const limits = z.strictObject({
  tokensPerDay: positiveInt.optional(),
  /** At most what nano-USD count exactly in a double. */
  usdPerDay: z.number().positive().max(9_000_000).optional(),
});

export const budgetTier = z.strictObject({
  /** What all users of a tenant together may use. */
  tenant: limits.prefault({}),
  /** What each user of a tenant may use. */
  user: limits.prefault({}),
});

export const apiKey = z.strictObject({
  /** For people; appears in logs in place of the key. */
  name,
  /** SHA-256 of the key, 64 hex digits: `printf %s "$KEY" | sha256sum`. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "must be 64 lower-case hex digits: the SHA-256 of the key"),
  tenant: name,
  user: name.optional(),
  budgetTier: name,
});
