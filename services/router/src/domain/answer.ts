import type { RoutingReport } from "@switchyard/contracts/vocabulary/routing";
import type { Recalled } from "../ports.ts";
import type { Delivery } from "./dispatch/dispatch.ts";
import { replay } from "./replay.ts";
import type { Prompt } from "./request.ts";

/** An answer and the story of how it came about. */
export interface Answer {
  readonly delivery: Delivery;
  /** The story so far: complete once the delivery is over. */
  readonly routing: () => RoutingReport;
}

/** A stored answer, delivered the way it was asked for; undefined if nothing was stored. */
export function storedDelivery(prompt: Prompt, { answer }: Recalled): Delivery | undefined {
  const response = answer?.response;
  if (!response) return undefined;
  if (!prompt.isStreamed) return { kind: "whole", response };
  return {
    kind: "stream",
    pieces: (async function* () {
      yield* replay(response);
    })(),
  };
}
