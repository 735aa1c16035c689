import { ChatChunk, type ChatRequest, type ChatResponse } from "@switchyard/contracts/type/v1/chat";
import type { ModelDeployment } from "../domain/catalogue.ts";
import { AttemptFailure } from "../domain/dispatch/attempt-failure.ts";
import type { Patience } from "../domain/request.ts";
import type { Clock, Provider } from "../ports.ts";

/** Nothing happens for so many milliseconds; the caller's signal ends it. */
export interface Pause {
  readonly pauseMs: number;
}

export const pause = (pauseMs: number): Pause => ({ pauseMs });
export const silence = pause(Number.POSITIVE_INFINITY);

/** What happens when a model is asked once, in order; an error is thrown. */
export type Turn = readonly (ChatResponse | ChatChunk | Error | Pause)[];

/** What each model does when it is asked, turn by turn; the last turn is repeated. Those without a script are down. */
export type Script = Record<string, readonly Turn[]>;

/** A call to a scripted provider. */
export interface Asked {
  readonly at: ModelDeployment;
  readonly chat: ChatRequest;
  readonly signal: AbortSignal;
}

export interface ScriptedProvider extends Provider {
  readonly asked: readonly Asked[];
  /** Calls that have neither ended nor been hung up on. */
  openCount(): number;
}

/** A provider that does as it is told, by the clock of the test. `script` is read anew with each call. */
export function scriptedProvider(script: () => Script, clock: Clock): ScriptedProvider {
  const asked: Asked[] = [];
  let open = 0;
  async function* follow(at: ModelDeployment, chat: ChatRequest, { signal }: Patience) {
    const times = asked.filter((one) => one.at.model === at.model).length;
    asked.push({ at, chat, signal });
    const turns = script()[at.model] ?? [[new AttemptFailure("UPSTREAM_UNAVAILABLE", `${at.model} is down`)]];
    open += 1;
    try {
      for (const step of turns[Math.min(times, turns.length - 1)] ?? []) {
        if (step instanceof Error) throw step;
        if (!("pauseMs" in step)) yield step;
        else await waitFor(step, clock, signal);
        signal.throwIfAborted();
      }
    } finally {
      open -= 1;
    }
  }
  return {
    asked,
    openCount: () => open,
    async complete(at, chat, patience) {
      for await (const answer of follow(at, chat, patience)) return answer as ChatResponse;
      throw new AttemptFailure("UPSTREAM_BROKEN_ANSWER", "the answer was empty");
    },
    stream: (at, chat, patience) => follow(at, chat, patience) as AsyncIterable<ChatChunk>,
    embed: () => Promise.reject(new Error("not scripted")),
  };
}

function waitFor({ pauseMs }: Pause, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const forget = clock.after(pauseMs, resolve);
    const onAbort = () => {
      forget();
      // Over a network, too, it takes a moment until a call is known to have ended.
      setImmediate(reject, signal.reason);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}

/** A chunk of one choice. */
export const chunk = (content: string | undefined, more: { readonly [key: string]: unknown } = {}, id = "first") =>
  ChatChunk.fromPartial({ id, model: "upstream", choices: [{ index: 0, delta: { content }, ...more }] });

/** The chunks of a stream: the role, then each piece; whole, it ends with a reason and says what it took. */
export function pieces(texts: readonly string[], end?: { readonly id?: string; readonly usage?: ChatChunk["usage"] }) {
  const id = end?.id ?? "first";
  const role = ChatChunk.fromPartial({ id, choices: [{ index: 0, delta: { role: "ROLE_ASSISTANT" } }] });
  const body = texts.map((text) => chunk(text, {}, id));
  if (!end) return [role, ...body];
  const last = ChatChunk.fromPartial({ id, choices: [], usage: end.usage });
  return [role, ...body, chunk(undefined, { finishReason: "stop" }, id), ...(end.usage ? [last] : [])];
}
