import type { Answer } from "./answer.ts";
import { Refusal } from "./refusal.ts";
import type { Incoming } from "./request.ts";

/**
 * Lets at most so many requests in at once, streams counted to their end; one more is refused with OVERLOADED at once, which
 * serves the caller better than a queue that grows.
 */
export function atMost(
  maxInFlight: number,
  complete: (incoming: Incoming) => Promise<Answer>,
): (incoming: Incoming) => Promise<Answer> {
  let inFlight = 0;
  return async (incoming) => {
    if (inFlight >= maxInFlight) {
      throw new Refusal("OVERLOADED", `the router is working on ${maxInFlight} requests and takes no more`, {
        retryAfterMs: 1_000,
      });
    }
    inFlight++;
    let isStreaming = false;
    try {
      const answer = await complete(incoming);
      if (answer.delivery.kind === "whole") return answer;
      isStreaming = true;
      const leave = () => {
        inFlight--;
      };
      return { ...answer, delivery: { kind: "stream", chunks: counted(answer.delivery.chunks, leave) } };
    } finally {
      if (!isStreaming) inFlight--;
    }
  };
}

async function* counted<T>(chunks: AsyncIterable<T>, leave: () => void): AsyncIterable<T> {
  try {
    yield* chunks;
  } finally {
    leave();
  }
}
