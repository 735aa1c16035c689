import type { Checks } from "../domain/cascade/plan.ts";
import type { CatalogueModel } from "../domain/catalogue.ts";
import { type Decision, decide } from "../domain/decide.ts";
import { isContinuation, type Piece } from "../domain/dispatch/deliver-stream.ts";
import { dispatch } from "../domain/dispatch/dispatch.ts";
import type { Outcome } from "../domain/dispatch/outcome.ts";
import { createResilience, type Resilience, type ResiliencePolicy } from "../domain/dispatch/resilience.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Incoming } from "../domain/request.ts";
import type { Amount } from "../ports.ts";
import {
  cascadePolicy,
  catalogue,
  estimateTokens,
  fakeClock,
  model,
  prompt,
  recordingObserver,
  resiliencePolicy,
  response,
} from "./fixtures.ts";
import { type Script, scriptedProvider } from "./scripted-provider.ts";

/** Whatever promises can do without time passing. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const plenty: Amount = { tokens: 1_000_000n, costUsdNanos: 1_000_000_000n };

export interface Asking {
  readonly incoming?: Partial<Incoming>;
  readonly chat?: Parameters<typeof prompt>[1];
  readonly models?: readonly [CatalogueModel, ...CatalogueModel[]];
  readonly reserved?: Amount;
  /** Whether the first model is only tried, with these checks. */
  readonly cascade?: Partial<Checks>;
}

const tryingFirst = (decision: Decision, checks: Partial<Checks>): Decision => {
  const [first, ...others] = decision.chain;
  const trial = { ...first, isAdequate: true };
  return {
    ...decision,
    chain: [trial, ...others],
    cascade: {
      ...{ trial, direct: others[0] ?? trial, acceptance: 0.5, expectedCostUsdNanos: 1n, directCostUsdNanos: 2n },
      checks: { format: undefined, samplesTwice: false, judge: undefined, ...checks },
    },
  };
};

/** Dispatches requests to a scripted provider by a clock that stands still, and looks at what comes of them. */
export function dispatchBench() {
  const clock = fakeClock();
  const observer = recordingObserver();
  const outcomes: Outcome[] = [];
  const unforeseen: unknown[] = [];
  let script: Script = {};
  let resilience: Resilience = createResilience(resiliencePolicy, clock, observer);
  const provider = scriptedProvider(() => script, clock);

  const ask = (
    isStreamed: boolean,
    { incoming, chat, models = [model("a"), model("b")], reserved, cascade }: Asking,
  ) => {
    const [first, ...others] = models;
    const chain = [{ ...first, fallbacks: others.map(({ id }) => id) }, ...others];
    const asked = prompt({ isStreamed, ...incoming }, { model: first.id, ...chat });
    const decided = decide(asked, undefined, {
      catalogue: catalogue(...chain),
      qualityTarget: 0.9,
      maxCandidates: 10,
      defaultMaxOutputTokens: 1_000,
    });
    const decision = cascade ? tryingFirst(decided, cascade) : decided;
    const context = {
      cascade: cascadePolicy,
      provider,
      resilience,
      observer,
      clock,
      random: () => 0,
      estimateTokens,
      onUnforeseen: (error: unknown) => void unforeseen.push(error),
    };
    return dispatch(asked, decision, reserved ?? plenty, context, (outcome) => void outcomes.push(outcome));
  };

  return {
    clock,
    observer,
    outcomes,
    unforeseen,
    provider,
    fleet: () => resilience.fleet,
    follow(next: Script) {
      script = next;
    },
    /** Forgets what was known of the providers. */
    meetFailuresBy(change: Partial<ResiliencePolicy>) {
      resilience = createResilience({ ...resiliencePolicy, ...change }, clock, observer);
      return resilience;
    },
    dispatch: ask,
    /** The text of a whole answer. */
    async whole(asking: Asking = {}): Promise<string> {
      const delivery = await ask(false, asking).delivery;
      if (delivery.kind !== "whole") throw new TypeError("a whole answer was expected");
      const part = delivery.response.choices[0]?.message?.content[0]?.part;
      return part?.$case === "text" ? part.value : "";
    },
    async stream(asking: Asking = {}): Promise<AsyncIterable<Piece>> {
      const delivery = await ask(true, asking).delivery;
      if (delivery.kind !== "stream") throw new TypeError("a stream was expected");
      return delivery.pieces;
    },
    /** What became of the last request. */
    outcome(): Outcome {
      const last = outcomes.at(-1);
      if (!last) throw new Error("nothing is over yet");
      return last;
    },
    /** The attempts of the last request, told in a few words each. */
    attempts: () =>
      (outcomes.at(-1)?.attempts ?? []).map(
        ({ model: id, outcome, hedge }) => `${id} ${outcome}${hedge ? " hedge" : ""}`,
      ),
    /** Attempts under way at these models, as the fleet counts them. */
    outstanding: (...models: readonly CatalogueModel[]) =>
      models
        .flatMap(({ deployments }) => deployments)
        .reduce((sum, at) => sum + resilience.fleet.of(at).outstanding, 0),
  };
}

export type DispatchBench = ReturnType<typeof dispatchBench>;

/** All of a stream. */
export async function readAll(stream: AsyncIterable<Piece>): Promise<readonly Piece[]> {
  const read: Piece[] = [];
  for await (const piece of stream) read.push(piece);
  return read;
}

export const chunksIn = (read: readonly Piece[]) => read.flatMap((piece) => (isContinuation(piece) ? [] : [piece]));

export const textIn = (read: readonly Piece[]) =>
  chunksIn(read)
    .map(({ choices }) => choices[0]?.delta?.content ?? "")
    .join("");

export async function refusalOf(answer: Promise<unknown>): Promise<Refusal> {
  const error = await answer.then(
    () => new Error("nothing was refused"),
    (refusal: unknown) => refusal,
  );
  return error as Refusal;
}

/** A whole answer as the one turn of a model. */
export const says = (text: string) => [[response(text)]];
