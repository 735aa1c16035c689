import { pick, type Random } from "./random.ts";

export type StoreName = "sqlite" | "redis";

/** What is killed (-9), or fails over, when, and how long it stays away. */
export interface Fault {
  readonly atMs: number;
  readonly victim: Victim;
  readonly awayMs: number;
}

export type Victim = "router 0" | "router 1" | "budget 0" | "budget 1" | "redis";

const victims: Record<StoreName, readonly Victim[]> = {
  sqlite: ["router 0", "router 1", "budget 0"],
  redis: ["router 0", "router 1", "budget 0", "budget 1", "redis"],
};

/** The faults of a round, in order: a seed always chooses the same ones. */
export function planFaults(store: StoreName, durationMs: number, random: Random): Fault[] {
  const faults: Fault[] = [];
  for (let atMs = 500 + random(1_500); atMs < durationMs; atMs += 400 + random(4_600)) {
    faults.push({ atMs, victim: pick(victims[store], random), awayMs: random(1_500) });
  }
  return faults;
}
