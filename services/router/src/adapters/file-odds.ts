import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createOdds, type Odds } from "../domain/odds/odds.ts";
import { decodeWeights } from "../domain/odds/weights.ts";

/** The weights that ship with the router; their card lies beside them. */
export const shippedOdds = join(import.meta.dirname, "../../weights/odds.bin");

/** Reads routing odds from a file. Throws where it cannot be read or is not of their format. */
export function loadOdds(path: string = shippedOdds): Odds {
  return createOdds(decodeWeights(readFileSync(path)));
}

export type { Odds } from "../domain/odds/odds.ts";
