import type { Task } from "@switchyard/contracts/vocabulary/routing";
import type { PricedModel } from "./bill/price-list.ts";
import type { Sample } from "./bill/sample.ts";

/** What the platform would do with a request that leaves the choice of model to it. */
export type PolicyDecision =
  | {
      /** Id of the model that would answer. */
      readonly model: string;
      /** What the prompt is taken for. */
      readonly task: Task;
    }
  | {
      /** No model can take it; why, in a stable word. */
      readonly refused: string;
    };

/** The routing policy that is in force, asked without sending a request to any model. */
export interface Policy {
  /** Every model of the catalogue with its prices. Throws CommandError. */
  models(): Promise<readonly PricedModel[]>;
  /** What would be done with a request. Throws CommandError where the policy cannot be asked. */
  decide(sample: Sample, signal: AbortSignal): Promise<PolicyDecision>;
}
