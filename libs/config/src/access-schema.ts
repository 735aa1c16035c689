import { z } from "zod";
import { name } from "./primitives.ts";

export const apiKey = z.strictObject({
  /** Stands for the key in logs, limits and the ledger. Keys of one name share their limits: an old one and its successor, say. */
  name,
  /** SHA-256 of the key, 64 hex digits: `printf %s "$KEY" | sha256sum`. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "must be 64 lower-case hex digits: the SHA-256 of the key"),
  tenant: name,
  /** To whom the tenant belongs; the tenant itself if absent. The same for every key of a tenant. */
  organisation: name.optional(),
  user: name.optional(),
  budgetTier: name,
  /** Whether it reads the ledger of every tenant, and not only of its own. */
  operator: z.boolean().default(false),
});
