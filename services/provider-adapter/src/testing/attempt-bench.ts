import type { ChatChunk } from "@switchyard/contracts/vocabulary/chat";
import { targetsOf } from "../adapters/config-targets.ts";
import { createOpenAiProvider } from "../adapters/openai-provider.ts";
import { type AttemptParts, streamOnce } from "../domain/attempt.ts";
import { findTarget } from "../domain/find-target.ts";
import type { AttemptRecorder, Target } from "../ports.ts";
import { configOf, question } from "./requests.ts";
import { type Exchange, type ScriptedProvider, startScriptedProvider } from "./scripted-provider.ts";
import { createTurnedClock, type TurnedClock } from "./turned-clock.ts";

/** Attempts at a scripted provider on a real socket, under a clock that the test turns. */
export interface AttemptBench {
  readonly upstream: ScriptedProvider;
  readonly clock: TurnedClock;
  readonly parts: AttemptParts;
  readonly target: Target;
  /** How attempts ended, in order: what `failed` was told, or `completed`, or `abandoned`. */
  readonly endings: unknown[];
  /** Aborts every attempt that `stream` begins. */
  readonly cancel: AbortController;
  stream(): AsyncGenerator<ChatChunk, void, undefined>;
  close(): Promise<void>;
}

export async function setUpBench(script?: (exchange: Exchange) => void, configured = {}): Promise<AttemptBench> {
  const upstream = await startScriptedProvider(script);
  const clock = createTurnedClock();
  const config = configOf(upstream.baseUrl, configured);
  const provider = createOpenAiProvider(config.providers, clock);
  const targets = targetsOf(config);
  const target = findTarget(targets, "small", "");
  const endings: unknown[] = [];
  const parts = { targets, provider, clock, recorder: recordEndings(endings) };
  const cancel = new AbortController();
  return {
    upstream,
    clock,
    parts,
    target,
    endings,
    cancel,
    stream: () => streamOnce(parts, target, question(), cancel.signal),
    async close() {
      await provider.close();
      await upstream.close();
    },
  };
}

function recordEndings(endings: unknown[]): AttemptRecorder {
  return {
    begin() {
      let ending: unknown = "abandoned";
      return {
        usesKey: () => undefined,
        sawResponse: () => undefined,
        sawChunk: () => undefined,
        sawEmbeddings: () => undefined,
        failed(error) {
          ending = error;
        },
        completed() {
          ending = "completed";
        },
        end: () => void endings.push(ending),
      };
    },
  };
}

/** Everything that a stream brings, and the error that ended it, if one did. */
export async function collect<T>(stream: AsyncIterable<T>): Promise<{ items: T[]; error: unknown }> {
  const items: T[] = [];
  try {
    for await (const item of stream) items.push(item);
    return { items, error: undefined };
  } catch (error) {
    return { items, error };
  }
}
