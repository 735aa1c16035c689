import type { ChatChunk } from "@switchyard/contracts/vocabulary/chat";
import type { Cache, Clock, Flight, FlightEnd, StoredAnswer } from "../../ports.ts";
import type { Delivery } from "../dispatch/dispatch.ts";
import { isLate, type Patience } from "../request.ts";
import { readAhead } from "./read-ahead.ts";

/** A request that others may wait for. Whoever has one ends it, on every path. */
export interface Lead {
  /**
   * What the providers are asked on behalf of: aborts at the caller's deadline, and when the caller goes away while nobody
   * follows.
   */
  readonly signal: AbortSignal;
  /** Lets those who follow have what is delivered, as it comes; `author` says who writes it. */
  share(delivery: Delivery, author: () => StoredAnswer): Delivery;
  /** All is over, without an answer unless one is given. Only the first end counts. */
  end(end?: FlightEnd): void;
}

/** Most answers take longer and few are followed, so a flight that is over sooner says nothing in between. */
const quietMs = 250;
/** How long chunks are gathered for those who follow. */
const gatherMs = 50;

/** Leads a flight: shows that it is alive, and tells of the answer as soon as somebody follows. */
export function lead(flight: Flight, caller: Patience, { cache, clock }: { cache: Cache; clock: Clock }): Lead {
  const controller = new AbortController();
  let gathered: ChatChunk[] = [];
  let author: StoredAnswer | undefined;
  let isHeard = false;
  let isFollowed = false;
  let isLed = true;
  let isOver = false;
  let hasLeft = false;
  let spoken: Promise<void> = Promise.resolve();
  let forgetFlush: (() => void) | undefined;
  let forgetDeadline: () => void = () => undefined;

  const tell = async (end?: FlightEnd): Promise<void> => {
    if (!isLed) return;
    const chunks = isHeard ? gathered : [];
    if (isHeard) gathered = [];
    const news = { chunks, author: chunks.length > 0 ? author : undefined, end };
    try {
      const { followed, leads } = await cache.publish(flight, news);
      isFollowed = followed;
      isLed = leads;
    } catch {
      // Nobody knows whether chunks arrived, and they must not arrive twice: those who follow will find the leader silent.
      if (chunks.length > 0) isLed = false;
    }
    if (!isFollowed || isHeard) return;
    isHeard = true;
    if (gathered.length > 0) flushSoon();
  };
  /** One after the other, so that nothing overtakes. */
  const say = (end?: FlightEnd): Promise<void> => {
    spoken = spoken.then(() => tell(end));
    return spoken;
  };
  const flushSoon = () => {
    forgetFlush ??= clock.after(gatherMs, () => {
      forgetFlush = undefined;
      void say();
    });
  };
  const beat = async () => {
    await say();
    if (isOver || !isLed) return;
    if (hasLeft && !isFollowed) return giveUp();
    forgetBeat = clock.after(flight.leaseMs / 3, () => void beat());
  };
  let forgetBeat = clock.after(Math.min(quietMs, flight.leaseMs / 3), () => void beat());

  const giveUp = () => controller.abort(caller.signal.reason);
  // A caller whose time is over takes the time of those who follow with it: they have their own, and ask for themselves.
  const callerLeft = async () => {
    if (isOver) return giveUp();
    if (hasLeft) return;
    hasLeft = true;
    if (isLate(caller, clock.now())) return giveUp();
    forgetDeadline = clock.after(caller.deadline - clock.now(), giveUp);
    await say();
    if (!isFollowed || !isLed) giveUp();
  };
  const onAbort = () => void callerLeft();
  if (caller.signal.aborted) onAbort();
  else caller.signal.addEventListener("abort", onAbort, { once: true });

  const goOnAlone = () => {
    end();
    if (caller.signal.aborted) giveUp();
    else caller.signal.addEventListener("abort", giveUp, { once: true });
  };

  const end = (how: FlightEnd = { answer: undefined, passing: true }) => {
    if (isOver) return;
    isOver = true;
    caller.signal.removeEventListener("abort", onAbort);
    forgetBeat();
    forgetFlush?.();
    forgetDeadline();
    void say(how);
  };

  return {
    signal: controller.signal,
    share(delivery, authorOf) {
      if (delivery.kind === "whole") return delivery;
      const pieces = readAhead(delivery.pieces, {
        read(piece) {
          if (isOver || !isLed) return;
          // Who follows would not learn that it was begun by another model.
          if ("fromModel" in piece) return goOnAlone();
          author ??= authorOf();
          gathered.push(piece);
          if (isHeard) flushSoon();
        },
        left: onAbort,
      });
      return { ...delivery, pieces };
    },
    end,
  };
}
