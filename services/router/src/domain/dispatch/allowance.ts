import { rollingCounts } from "./rolling-counts.ts";

export interface AllowancePolicy {
  /** What may be taken, as a share of the requests in the window. */
  readonly share: number;
  /** What may be taken in the window whatever the traffic. */
  readonly floor: number;
  readonly windowMs: number;
}

/**
 * A bound on extra calls that grows with the traffic, so that trouble upstream is not multiplied here (Finagle calls it a
 * retry budget; Google, "Site Reliability Engineering", chapter 22, a per-client retry budget).
 */
export interface Allowance {
  /** A request has begun. */
  request(): void;
  /** Takes one extra call; false if the window has no more. */
  take(): boolean;
}

const requests = 0;
const taken = 1;

/** `nowMs` must never go back. */
export function createAllowance({ share, floor, windowMs }: AllowancePolicy, nowMs: () => number): Allowance {
  const counts = rollingCounts(2, windowMs, nowMs);
  return {
    request: () => counts.add(requests),
    take() {
      if (counts.sum(taken) + 1 > floor + share * counts.sum(requests)) return false;
      counts.add(taken);
      return true;
    },
  };
}
