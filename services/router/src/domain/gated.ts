import type { Answer } from "./answer.ts";
import type { Gate } from "./gate.ts";
import type { Incoming } from "./request.ts";

/** Keeps a place at the gate for every request, streams to their end; a stream that nobody reads gives it back in time. */
export function gated(
  gate: Gate,
  complete: (incoming: Incoming) => Promise<Answer>,
): (incoming: Incoming) => Promise<Answer> {
  return async (incoming) => {
    const leave = gate.enter();
    const answer = await complete(incoming).catch((error: unknown) => {
      leave();
      throw error;
    });
    if (answer.delivery.kind === "whole") {
      leave();
      return answer;
    }
    if (incoming.signal.aborted) leave();
    else incoming.signal.addEventListener("abort", leave, { once: true });
    return { ...answer, delivery: { kind: "stream", pieces: leaving(answer.delivery.pieces, leave) } };
  };
}

async function* leaving<T>(pieces: AsyncIterable<T>, leave: () => void): AsyncIterable<T> {
  try {
    yield* pieces;
  } finally {
    leave();
  }
}
