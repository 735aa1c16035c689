import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import { drawOf } from "./stable-hash.ts";

/** A split of callers over ways to decide. */
export interface Experiment<Way> {
  readonly name: string;
  /** Share of the callers that take part, 0 to 1. */
  readonly share: number;
  /** Tenants and features that take part. Empty: all. */
  readonly tenants: ReadonlySet<string>;
  readonly features: ReadonlySet<string>;
  readonly arms: readonly Arm<Way>[];
}

export interface Arm<Way> {
  readonly name: string;
  /** Its share of those who take part, beside the other arms. */
  readonly weight: number;
  readonly way: Way;
}

/** The arm that a caller is in. */
export interface Assignment<Way> {
  /** `experiment/arm`. */
  readonly name: string;
  readonly way: Way;
}

/**
 * The arm of the first experiment that a caller takes part in; undefined: of none. A user of a tenant, or a tenant without
 * users, is always in the same arm, and a changed share or weight moves no more callers than it must.
 */
export function assign<Way>(caller: Caller, experiments: readonly Experiment<Way>[]): Assignment<Way> | undefined {
  for (const { name, share, tenants, features, arms } of experiments) {
    if (tenants.size > 0 && !tenants.has(caller.tenant)) continue;
    if (features.size > 0 && !features.has(caller.feature)) continue;
    const who = `${name}\n${caller.tenant}\n${caller.user}`;
    if (drawOf(`${who}\nshare`) >= share) continue;
    const arm = drawn(who, arms);
    if (arm) return { name: `${name}/${arm.name}`, way: arm.way };
  }
  return undefined;
}

/** Weighted rendezvous hashing: each arm draws for the caller, and the smallest number by weight wins. */
function drawn<Way>(who: string, arms: readonly Arm<Way>[]): Arm<Way> | undefined {
  let best: Arm<Way> | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const arm of arms) {
    const number = arm.weight <= 0 ? Number.POSITIVE_INFINITY : -Math.log(drawOf(`${who}\n${arm.name}`)) / arm.weight;
    if (number >= least) continue;
    least = number;
    best = arm;
  }
  return best;
}
