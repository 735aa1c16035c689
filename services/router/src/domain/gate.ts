import { Refusal } from "./refusal.ts";

/** Lets so many requests in at once. */
export interface Gate {
  /** Takes a place until the function that comes back is called, the first time. Throws Refusal OVERLOADED. */
  enter(): () => void;
}

/** One request too many is refused at once, which serves the caller better than a queue that grows. */
export function createGate(maxInFlight: number): Gate {
  let inFlight = 0;
  return {
    enter() {
      if (inFlight >= maxInFlight) {
        throw new Refusal("OVERLOADED", `the router is working on ${maxInFlight} requests and takes no more`, {
          retryAfterMs: 1_000,
        });
      }
      inFlight++;
      let isInside = true;
      return () => {
        if (isInside) inFlight--;
        isInside = false;
      };
    },
  };
}
