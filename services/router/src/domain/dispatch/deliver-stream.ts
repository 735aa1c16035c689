import type { ChatChunk, Usage } from "@switchyard/contracts/vocabulary/chat";
import type { Continuation } from "@switchyard/contracts/vocabulary/routing";
import type { Choice } from "../decide.ts";
import { Refusal } from "../refusal.ts";
import { isLate, type Prompt } from "../request.ts";
import { AttemptFailure, asFailure } from "./attempt-failure.ts";
import { carriedOn } from "./continuation.ts";
import type { Stop } from "./itinerary.ts";
import type { BegunAnswer, OpenStream } from "./open-stream.ts";
import { createSeam } from "./seam.ts";
import { sumOfUsage } from "./usage.ts";

/** A piece of a streamed answer, or news that another model writes from here on. */
export type Piece = ChatChunk | Continuation;

export const isContinuation = (piece: Piece): piece is Continuation => "fromModel" in piece;

/** A stream that goes on behind the text so far. */
export interface Successor {
  readonly stream: OpenStream;
  readonly continuation: Continuation;
}

export interface StreamDelivery {
  readonly prompt: Prompt;
  /** What the caller reads; it may have begun, and broken, at another request. */
  readonly first: BegunAnswer;
  readonly nowMs: () => number;
  readonly onUnforeseen: (error: unknown) => void;
  /** Finds a stream that goes on; undefined where none will. Throws Refusal once the caller waits no longer. */
  goOn(broken: BegunAnswer, failure: AttemptFailure): Promise<Successor | undefined>;
  /** Another model has taken over. */
  continued(at: Stop<Choice>, continuation: Continuation): void;
  /** All is over: the first stream's answer is the whole one. */
  finish(): void;
  /** All is over without a whole answer, unless it was over before; gives what the caller is told. */
  refuse(refusal: Refusal): Refusal;
}

/**
 * Passes the chunks of a stream on. Where it breaks, another goes on with it, or it ends with a Refusal that says so: it
 * never ends as if it were whole.
 */
export function deliverStream(delivery: StreamDelivery): AsyncIterable<Piece> {
  const { prompt, first, nowMs } = delivery;
  let current: BegunAnswer = first;
  let isOpen = true;
  let used: Usage | undefined;
  const close = (failure?: AttemptFailure) => {
    isOpen = false;
    prompt.signal.removeEventListener("abort", onAbort);
    current.ended(failure);
  };
  // A caller that goes away may never read on, so the end cannot wait for the reader.
  const onAbort = () => {
    const isTooLate = isLate(prompt, nowMs());
    close(gone(isTooLate));
    delivery.refuse(abandoned(isTooLate));
  };
  const refuseWhenClosed = () => {
    if (!isOpen) throw abandoned(isLate(prompt, nowMs()));
  };
  if (prompt.signal.aborted) onAbort();
  else prompt.signal.addEventListener("abort", onAbort, { once: true });

  return (async function* (): AsyncGenerator<Piece, void, undefined> {
    try {
      for (let pass = passOn(first); ; ) {
        try {
          for (let chunk = await pass.next(); chunk; chunk = await pass.next()) yield chunk;
          refuseWhenClosed();
          close();
          return delivery.finish();
        } catch (error) {
          if (error instanceof Refusal) throw error;
          const failure = error instanceof AttemptFailure ? error : asFailure(error, delivery.onUnforeseen);
          const broken = current;
          broken.ended(failure);
          used = sumOfUsage(used, broken.usage());
          const successor = isOpen ? await delivery.goOn(broken, failure) : undefined;
          if (!successor) throw brokenOff(failure, broken);
          current = successor.stream;
          refuseWhenClosed();
          delivery.continued(successor.stream.stop, successor.continuation);
          yield successor.continuation;
          pass = carryOn(successor, first, used);
        }
      }
    } catch (error) {
      close(gone(false));
      if (error instanceof Refusal) throw delivery.refuse(error);
      delivery.onUnforeseen(error);
      throw delivery.refuse(new Refusal("UPSTREAM_BROKEN_ANSWER", "the answer broke off"));
    } finally {
      if (isOpen) {
        close(gone(false));
        delivery.refuse(new Refusal("CANCELLED", "the caller stopped reading the answer"));
      }
    }
  })();
}

interface Pass {
  next(): Promise<ChatChunk | undefined>;
}

const passOn = (stream: BegunAnswer): Pass => stream;

/**
 * The chunks of a stream that goes on with the answer of the first, which grows by them; `used` is what it took so far. What
 * all took together is told in any case: what the second told alone, or nothing, would pass for it.
 */
function carryOn({ stream, continuation }: Successor, first: BegunAnswer, used: Usage | undefined): Pass {
  const seam = createSeam(first.answer.text(), continuation.method === "prompt");
  const head = first.answer.response();
  const join = (text: string, isLast: boolean) => seam.push(text) + (isLast ? seam.end() : "");
  let last: ChatChunk | undefined;
  let isUsageTold = false;
  const receive = async (): Promise<ChatChunk | undefined> => {
    const received = await stream.next();
    if (received) return carriedOn(received, head, join);
    if (!last || isUsageTold) return undefined;
    isUsageTold = true;
    return { ...last, choices: [], usage: stream.usage(), extraJson: "" };
  };
  return {
    async next() {
      const chunk = await receive();
      if (!chunk) return undefined;
      last = chunk.usage ? { ...chunk, usage: sumOfUsage(used, chunk.usage) } : chunk;
      isUsageTold ||= chunk.usage !== undefined;
      first.answer.add(last);
      return last;
    },
  };
}

function brokenOff(failure: AttemptFailure, { model }: BegunAnswer): Refusal {
  if (failure.reason === "CANCELLED" || failure.reason === "DEADLINE_EXCEEDED") {
    return abandoned(failure.reason === "DEADLINE_EXCEEDED");
  }
  return new Refusal("UPSTREAM_BROKEN_ANSWER", `the answer${model && ` of ${model}`} broke off: ${failure.message}`, {
    metadata: { model, cause: failure.reason },
  });
}

const gone = (isTooLate: boolean) =>
  isTooLate
    ? new AttemptFailure("DEADLINE_EXCEEDED", "the deadline passed")
    : new AttemptFailure("CANCELLED", "the caller went away");

const abandoned = (isTooLate: boolean) =>
  isTooLate
    ? new Refusal("DEADLINE_EXCEEDED", "the deadline passed while the answer streamed")
    : new Refusal("CANCELLED", "the caller went away while the answer streamed");
