import type { ChatResponse } from "@switchyard/contracts/vocabulary/chat";
import type { RoutingReport } from "@switchyard/contracts/vocabulary/routing";
import type { Answer } from "./answer.ts";
import { AttemptFailure } from "./dispatch/attempt-failure.ts";
import type { Piece } from "./dispatch/deliver-stream.ts";
import type { Delivery } from "./dispatch/dispatch.ts";
import type { BegunAnswer } from "./dispatch/open-stream.ts";
import type { GrowingAnswer } from "./flight/follow.ts";
import type { Recalled } from "./flight/recall.ts";
import { replay } from "./replay.ts";
import type { Prompt } from "./request.ts";

/** What the rest of the platform does about an answer that was recalled. */
export interface Recital {
  /** How it comes about, so far. */
  readonly story: () => RoutingReport;
  /** It is whole; gives how it came about. */
  readonly conclude: () => RoutingReport;
  /** Has somebody else go on with it. Throws Refusal. */
  readonly takeOver: (begun: BegunAnswer) => Promise<Answer>;
}

/** Delivers what was recalled the way it was asked for, a stream as a stream; undefined if nothing was. */
export function recite(prompt: Prompt, { answer, growing }: Recalled, recital: Recital): Answer | undefined {
  if (growing) return growingAlong(growing, recital);
  const response = answer?.response;
  if (!response) return undefined;
  const story = recital.conclude();
  return { delivery: prompt.isStreamed ? replayed(response) : { kind: "whole", response }, routing: () => story };
}

const replayed = (response: ChatResponse): Delivery => ({
  kind: "stream",
  pieces: (async function* () {
    yield* replay(response);
  })(),
});

/** An answer as it grows at another's request; where it breaks off, it is gone on with here. */
function growingAlong(growing: GrowingAnswer, { story, conclude, takeOver }: Recital): Answer {
  let routing = story;
  async function* pieces(): AsyncGenerator<Piece, void, undefined> {
    try {
      yield* growing.chunks;
      const whole = conclude();
      routing = () => whole;
    } catch (error) {
      if (!(error instanceof AttemptFailure)) throw error;
      const { delivery, routing: ownRouting } = await takeOver(growing.brokenBy(error));
      if (delivery.kind === "whole") throw new TypeError("a stream was asked for and a whole answer came");
      routing = ownRouting;
      yield* delivery.pieces;
    }
  }
  return { delivery: { kind: "stream", pieces: pieces() }, routing: () => routing() };
}
