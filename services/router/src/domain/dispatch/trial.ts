import type { Clock, Observer } from "../../ports.ts";
import type { Patience } from "../request.ts";
import type { AttemptLog } from "./attempts.ts";
import type { Resilience } from "./resilience.ts";

/** One request's try at an answer. */
export interface Trial extends Patience {
  readonly resilience: Resilience;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: AttemptLog;
  readonly kind: "whole" | "stream";
  readonly observer: Observer;
  readonly onUnforeseen: (error: unknown) => void;
}
