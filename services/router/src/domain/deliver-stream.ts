import type { ChatChunk, Usage } from "@switchyard/contracts/vocabulary/chat";
import { assembly } from "./assemble.ts";
import { AttemptFailure } from "./attempt-failure.ts";
import type { Choice } from "./decide.ts";
import { bounded, type DispatchContext } from "./dispatch-context.ts";
import type { Outcome } from "./outcome.ts";
import { Refusal } from "./refusal.ts";
import { isLate, type Prompt } from "./request.ts";
import { asFailure, type Trial } from "./try-models.ts";

type Finish = (change: Partial<Omit<Outcome, "attempts" | "dispatchedUs">>) => void;

/**
 * Opens a stream at one model and waits for its first content. Until then a failure is an AttemptFailure and another model
 * may be asked; from then on the stream is this model's, and a failure ends it with a Refusal that says so.
 */
export async function deliverStream(
  prompt: Prompt,
  choice: Choice,
  { log, clock, onUnforeseen }: Trial,
  context: DispatchContext,
  finish: Finish,
): Promise<AsyncIterable<ChatChunk>> {
  const startedUs = clock.monotonicUs();
  const ended = log.begin(choice.model);
  const upstream = context.provider
    .stream(choice.model.id, bounded(prompt.chat, choice), prompt)
    [Symbol.asyncIterator]();
  const answer = assembly();
  const held: ChatChunk[] = [];
  let firstTokenUs: number | undefined;

  const close = (outcome: string, refusal?: Refusal) => {
    const reported = answer.response().usage;
    const usage = reported ?? (firstTokenUs === undefined ? undefined : counted(prompt, answer.text(), context));
    ended({ outcome, usage, usageEstimated: usage !== reported, timeToFirstTokenUs: firstTokenUs ?? 0 });
    finish(refusal ? { answeredBy: choice, refusal } : { answeredBy: choice, response: answer.response() });
  };

  try {
    while (firstTokenUs === undefined) {
      const next = await upstream.next();
      if (next.done) throw new AttemptFailure("UPSTREAM_BROKEN_ANSWER", "the stream ended before its first token");
      answer.add(next.value);
      held.push(next.value);
      if (carriesContent(next.value)) firstTokenUs = clock.monotonicUs() - startedUs;
    }
  } catch (error) {
    ended({ outcome: error instanceof AttemptFailure ? error.reason : "INTERNAL", usage: answer.response().usage });
    throw error;
  }

  let isOpen = true;
  const closeOnce = (outcome: string, refusal?: Refusal) => {
    if (!isOpen) return;
    isOpen = false;
    prompt.signal.removeEventListener("abort", onAbort);
    close(outcome, refusal);
  };
  // A caller that goes away may never read on, so the end cannot wait for the reader.
  const onAbort = () => closeOnce("CANCELLED", abandoned(isLate(prompt, clock.now())));
  prompt.signal.addEventListener("abort", onAbort, { once: true });

  return (async function* () {
    try {
      yield* held;
      for (let next = await upstream.next(); !next.done; next = await upstream.next()) {
        answer.add(next.value);
        yield next.value;
      }
      if (!answer.isComplete()) throw new AttemptFailure("UPSTREAM_BROKEN_ANSWER", "the stream ended early");
      closeOnce("ok");
    } catch (error) {
      const failure = asFailure(error, onUnforeseen);
      const refusal = brokenStream(failure, choice);
      closeOnce(failure.reason, refusal);
      throw refusal;
    } finally {
      closeOnce("CANCELLED", new Refusal("CANCELLED", "the caller stopped reading the answer"));
      await upstream.return?.();
    }
  })();
}

function brokenStream(failure: AttemptFailure, { model }: Choice): Refusal {
  if (failure.reason === "CANCELLED" || failure.reason === "DEADLINE_EXCEEDED") {
    return abandoned(failure.reason === "DEADLINE_EXCEEDED");
  }
  return new Refusal("UPSTREAM_BROKEN_ANSWER", `the answer of ${model.id} broke off: ${failure.message}`, {
    metadata: { model: model.id, cause: failure.reason },
  });
}

const abandoned = (isLate: boolean) =>
  isLate
    ? new Refusal("DEADLINE_EXCEEDED", "the deadline passed while the answer streamed")
    : new Refusal("CANCELLED", "the caller went away while the answer streamed");

function counted(prompt: Prompt, text: string, { estimateTokens }: DispatchContext): Usage {
  return {
    inputTokens: BigInt(prompt.inputTokens),
    cachedInputTokens: 0n,
    outputTokens: BigInt(estimateTokens(text)),
    reasoningTokens: 0n,
    extraJson: "",
  };
}

const carriesContent = ({ choices }: ChatChunk) =>
  choices.some(
    ({ delta, finishReason }) =>
      finishReason !== "" ||
      (delta !== undefined &&
        (Boolean(delta.content) || Boolean(delta.refusal) || delta.toolCalls.length > 0 || delta.extraJson !== "")),
  );
