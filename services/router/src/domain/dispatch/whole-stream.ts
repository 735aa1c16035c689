import type { ChatChunk } from "@switchyard/contracts/vocabulary/chat";
import type { Brought } from "./hedge.ts";
import type { Leg } from "./leg.ts";
import type { OpenStream } from "./open-stream.ts";
import type { Checkable } from "./try-first.ts";

/**
 * Reads a stream to its end before anything of it goes out, so that its answer can be checked. Throws AttemptFailure where it
 * breaks; then another model may begin anew.
 */
export async function wholeStream(opened: Brought<OpenStream>, leg: Leg): Promise<Checkable<OpenStream>> {
  const stream = opened.take();
  const chunks: ChatChunk[] = [];
  try {
    for (let chunk = await stream.next(); chunk; chunk = await stream.next()) chunks.push(chunk);
  } catch (error) {
    const failure = leg.failureOf(error);
    stream.ended(failure);
    throw failure;
  }
  const replayed: OpenStream = { ...stream, next: async () => chunks.shift() };
  return {
    response: stream.answer.response(),
    take: () => replayed,
    drop: stream.close,
    reject: (failure) => stream.ended(failure),
    reinstate() {
      stream.reinstate();
      return replayed;
    },
  };
}
