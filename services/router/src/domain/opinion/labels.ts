import { createHash } from "node:crypto";
import type { Prompt } from "../request.ts";
import type { Label } from "./question.ts";

/** What is known of a tenant's standing instructions: what all requests under them are, or that it is for each to say. */
export type Known = Label | "various";

/** Labels of instructions, by tenant and hash, so that each is asked for once. */
export interface Labels {
  /** Undefined: not known. */
  of(key: string): Known | undefined;
  keep(key: string, known: Known): void;
}

/** Names the instructions of a prompt, for its tenant alone. */
export const keyOf = ({ caller, systemText }: Prompt): string =>
  createHash("sha256").update(`${caller.tenant}\0${systemText}`).digest("base64");

/** Keeps so many labels for so long; the one that was used longest ago goes first. */
export function createLabels({ most, keepMs }: { most: number; keepMs: number }, nowMs: () => number): Labels {
  const kept = new Map<string, { readonly known: Known; readonly untilMs: number }>();
  return {
    of(key) {
      const found = kept.get(key);
      if (!found) return undefined;
      kept.delete(key);
      if (found.untilMs <= nowMs()) return undefined;
      kept.set(key, found);
      return found.known;
    },
    keep(key, known) {
      kept.delete(key);
      kept.set(key, { known, untilMs: nowMs() + keepMs });
      const oldest = kept.size > most ? kept.keys().next().value : undefined;
      if (oldest !== undefined) kept.delete(oldest);
    },
  };
}
