import type { ChatChunk, ChatRequest, Usage } from "@switchyard/contracts/vocabulary/chat";
import type { Clock } from "../../ports.ts";
import type { Choice } from "../decide.ts";
import type { Asking } from "./ask-whole.ts";
import { type Assembly, assembly } from "./assemble.ts";
import { AttemptFailure, isHungUpOn } from "./attempt-failure.ts";
import type { Used } from "./attempts.ts";
import type { DispatchContext } from "./dispatch-context.ts";
import type { Brought } from "./hedge.ts";
import type { Stop } from "./itinerary.ts";
import { counted } from "./usage.ts";

/** A streamed answer that has begun. */
export interface BegunAnswer {
  /** Where it comes from; undefined: another's request. */
  readonly stop?: Stop<Choice>;
  /** Catalogue id of the model that writes it; empty where that is not known. */
  readonly model: string;
  /** The next chunk; undefined at the end of a complete answer. Throws AttemptFailure. */
  next(): Promise<ChatChunk | undefined>;
  /** What has come so far. */
  readonly answer: Assembly;
  /** What it took, as reported or else as counted; undefined: nothing. */
  usage(): Usage | undefined;
  /** Ends it, once: with the failure, which hangs up, or well. */
  ended(failure?: AttemptFailure): void;
}

/** A stream whose first content is there. */
export interface OpenStream extends BegunAnswer {
  readonly stop: Stop<Choice>;
  /** Ends it where nobody did. */
  close(): void;
  /** It has ended as not accepted, and is given after all. */
  reinstate(): void;
}

/** What one attempt at a stream needs. */
export interface Opening extends Omit<Asking, "prompt"> {
  /** What is asked, which for a continuation is not what the caller asked. */
  readonly chat: ChatRequest;
  /** As estimated. */
  readonly inputTokens: number;
  /** Whether it is read to its end before anything goes out, so that its share of the time is for all of it. */
  readonly isHeld?: boolean;
}

/**
 * Opens a stream and waits for its first content, and for as much more as the policy holds back: until then, a failure
 * leaves the caller free to ask another model. Throws AttemptFailure.
 */
export async function openStream(opening: Opening, context: DispatchContext): Promise<Brought<OpenStream>> {
  const { stop, leg, inputTokens } = opening;
  const answer = assembly();
  let hasContent = false;
  const used = (failure?: AttemptFailure): Used => {
    const usage = answer.usage();
    if (usage || !(hasContent || leg.isAbandoned() || isHungUpOn(failure))) return { usage };
    return { usage: counted(inputTokens, context.estimateTokens(answer.text())), usageEstimated: true };
  };
  const attempt = opening.log.begin(stop, opening.isHedge, used);
  const upstream = context.provider.stream(stop.deployment, opening.chat, leg)[Symbol.asyncIterator]();
  const held: ChatChunk[] = [];
  let pending: Promise<IteratorResult<ChatChunk>> | undefined;
  let isOver = false;

  const receive = async (): Promise<ChatChunk | undefined> => {
    const coming = pending ?? upstream.next();
    pending = undefined;
    const { value, done } = await coming.catch((error: unknown) => {
      // Whatever went wrong after the end of every choice took nothing from the answer. One may not have begun yet.
      if (answer.isComplete(opening.chat.n)) return { value: undefined, done: true } as const;
      throw error;
    });
    if (done) {
      if (answer.isComplete()) return undefined;
      throw new AttemptFailure("UPSTREAM_BROKEN_ANSWER", "the stream ended before the answer was complete");
    }
    answer.add(value);
    return value;
  };
  const next = async (): Promise<ChatChunk | undefined> => {
    try {
      return held.shift() ?? (await receive());
    } catch (error) {
      throw leg.failureOf(error);
    }
  };
  // What goes wrong while it is let go is of no interest any more.
  const letGo = () => void Promise.resolve(upstream.return?.()).catch(() => undefined);
  const ended = (failure?: AttemptFailure) => {
    if (isOver) return;
    isOver = true;
    attempt.ended({ ...used(failure), failure });
    leg[Symbol.dispose]();
    if (failure === undefined) return;
    leg.hangUp();
    letGo();
  };
  const close = () => ended(new AttemptFailure("CANCELLED", "the answer was not read to its end"));

  try {
    while (!hasContent) {
      const chunk = await receive();
      if (chunk === undefined) break;
      held.push(chunk);
      hasContent = carriesContent(chunk);
    }
    attempt.answered();
    const { holdBackTokens, holdBackMs } = context.resilience.policy.stream;
    if (holdBackTokens > 1) {
      const hold = { upstream, held, answer, tokens: holdBackTokens, forMs: holdBackMs, clock: context.clock };
      pending = (await holdBack(hold)).awaited;
    }
  } catch (error) {
    const failure = leg.failureOf(error);
    // The leg may yet be used for another way to ask.
    attempt.ended({ ...used(failure), failure });
    letGo();
    throw failure;
  }
  if (!opening.isHeld) leg.commit();
  const usage = () => used().usage;
  const model = stop.choice.model.id;
  const reinstate = () => attempt.reinstated();
  return { take: () => ({ stop, model, next, answer, usage, ended, close, reinstate }), drop: close };
}

interface HoldBack {
  readonly upstream: AsyncIterator<ChatChunk>;
  readonly held: ChatChunk[];
  readonly answer: Assembly;
  readonly tokens: number;
  readonly forMs: number;
  readonly clock: Clock;
}

/** Reads on until so many tokens are there or the time is over; gives the chunk that is still awaited then. */
async function holdBack(hold: HoldBack): Promise<{ readonly awaited: Promise<IteratorResult<ChatChunk>> | undefined }> {
  const { upstream, held, answer, tokens, forMs, clock } = hold;
  let forget: () => void = () => undefined;
  const over = new Promise<undefined>((resolve) => {
    forget = clock.after(forMs, () => resolve(undefined));
  });
  try {
    let contents = held.filter(carriesContent).length;
    while (contents < tokens && !answer.isComplete()) {
      const coming = upstream.next();
      const result = await Promise.race([coming, over]);
      if (result === undefined) {
        // Whoever reads on meets the error; until then it is nobody's.
        coming.catch(() => undefined);
        return { awaited: coming };
      }
      if (result.done)
        throw new AttemptFailure("UPSTREAM_BROKEN_ANSWER", "the stream ended before the answer was complete");
      answer.add(result.value);
      held.push(result.value);
      if (carriesContent(result.value)) contents += 1;
    }
    return { awaited: undefined };
  } finally {
    forget();
  }
}

const carriesContent = ({ choices }: ChatChunk) =>
  choices.some(
    ({ delta, finishReason }) =>
      finishReason !== "" ||
      (delta !== undefined &&
        (Boolean(delta.content) || Boolean(delta.refusal) || delta.toolCalls.length > 0 || delta.extraJson !== "")),
  );
