import type { Choice as AnswerChoice, ChatResponse } from "@switchyard/contracts/vocabulary/chat";
import type { RoutingReport } from "@switchyard/contracts/vocabulary/routing";
import type { StoredAnswer, StoreTicket } from "../ports.ts";
import type { Outcome } from "./dispatch/outcome.ts";

/** What the cache is to keep, and where. */
export interface Keepsake {
  readonly answer: StoredAnswer;
  /** Whether it is kept for whoever asks the same, not only for a repetition by idempotency key. */
  readonly isForAll: boolean;
  readonly tickets: readonly StoreTicket[];
}

/**
 * What is worth keeping of an outcome, or undefined if nothing is. For the next who asks the same: only a complete,
 * successful answer of one adequate model, with as many choices as were asked for. For a repetition by idempotency key: any
 * answer, since the first one counts. `keepsTruncated`: an answer that ended at its token limit counts as successful.
 */
export function keepsakeOf(
  { response, answeredBy, continuations }: Outcome,
  story: RoutingReport,
  tickets: readonly StoreTicket[],
  choiceCount = 1,
  keepsTruncated = false,
): Keepsake | undefined {
  if (!response || response.choices.length === 0) return undefined;
  const isSuccess = (choice: AnswerChoice) => hasSucceeded(choice, keepsTruncated);
  const isWhole = response.choices.length >= choiceCount && response.choices.every(isSuccess);
  const isForAll = answeredBy?.isAdequate === true && continuations.length === 0 && isWhole;
  const kept = isForAll ? tickets : tickets.filter(isForRepetition);
  return kept.length === 0 ? undefined : { answer: storedAnswer(response, story), isForAll, tickets: kept };
}

/** What is worth keeping of an answer that another's request got: it counts for a repetition of this one, too. */
export function keepsakeOfHit(answer: StoredAnswer | undefined, tickets: readonly StoreTicket[]): Keepsake | undefined {
  const kept = tickets.filter(isForRepetition);
  return answer?.response && kept.length > 0 ? { answer, isForAll: false, tickets: kept } : undefined;
}

/**
 * What those get who asked the same meanwhile, undefined if they are to ask for themselves. They would have been given the
 * same, so it need not be good enough to be kept; only an answer that several models wrote is for its own caller alone.
 */
export function answerForAll(
  { response, refusal, continuations }: Outcome,
  story: RoutingReport,
  choiceCount = 1,
): StoredAnswer | undefined {
  if (!response || refusal || continuations.length > 0) return undefined;
  const isWhole = response.choices.length >= choiceCount && response.choices.every(hasEnded);
  return isWhole ? storedAnswer(response, story) : undefined;
}

const hasEnded = ({ finishReason }: AnswerChoice) => finishReason !== "" && finishReason !== "error";

/** Only tickets of an idempotency key carry the digest of their request. */
const isForRepetition = ({ requestDigest }: StoreTicket) => requestDigest.length > 0;

const hasSucceeded = ({ finishReason, message }: AnswerChoice, keepsTruncated: boolean) =>
  (finishReason === "stop" || finishReason === "tool_calls" || (keepsTruncated && finishReason === "length")) &&
  message !== undefined &&
  isNotEmpty(message);

const isNotEmpty = ({ content, toolCalls, refusal }: NonNullable<AnswerChoice["message"]>) =>
  toolCalls.length > 0 || refusal !== undefined || content.some(({ part }) => part !== undefined && part.value !== "");

function storedAnswer(response: ChatResponse, story: RoutingReport): StoredAnswer {
  return {
    response,
    model: story.model,
    provider: story.provider,
    tier: story.tier,
    baselineCostUsdNanos: story.baselineCostUsdNanos,
    costUsdNanos: story.costUsdNanos,
  };
}
