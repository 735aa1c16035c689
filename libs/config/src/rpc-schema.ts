import { z } from "zod";
import { milliseconds } from "./primitives.ts";

/** How services call each other where each is its own process. */
export const rpc = z.strictObject({
  /** Age at which a server ends a connection, so that its client looks addresses up again, in milliseconds. */
  maxConnectionAgeMs: milliseconds.default(300_000),
});
