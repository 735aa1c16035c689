import type { RoutingReport } from "@switchyard/contracts/vocabulary/routing";
import type { Delivery } from "./dispatch/dispatch.ts";

/** An answer and the story of how it came about. */
export interface Answer {
  readonly delivery: Delivery;
  /** The story so far: complete once the delivery is over. */
  readonly routing: () => RoutingReport;
}
