import { argumentPieces, type SimulatedChoice } from "./answer.ts";
import type { JsonObject } from "./chat-body.ts";

export const systemFingerprint = "switchyard-simulator";

/** What all parts of one answer say of it. */
export interface CompletionFrame {
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  readonly model: string;
  /** Number of most likely tokens per position; undefined where no log-probabilities are asked for. */
  readonly topLogprobs: number | undefined;
}

export interface CompletionUsage {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
}

/** The answer as one object. */
export function wholeCompletion(frame: CompletionFrame, choices: readonly SimulatedChoice[], usage: CompletionUsage) {
  return {
    ...headOf(frame, "chat.completion"),
    choices: choices.map((choice) => ({
      index: choice.index,
      message: {
        role: "assistant",
        content: choice.calls.length > 0 ? null : choice.pieces.join(""),
        refusal: null,
        ...(choice.calls.length > 0 && {
          tool_calls: choice.calls.map(({ id, ...own }) => ({ id, type: "function", function: own })),
        }),
      },
      logprobs: logprobsOf(frame, choice.calls.length > 0 ? [] : choice.pieces),
      finish_reason: choice.finishReason,
    })),
    usage: usageOf(usage),
  };
}

/** A chunk of a streamed answer. */
export interface StreamedChunk {
  readonly body: JsonObject;
  /** Whether it carries a piece of the answer, and not only its frame. */
  readonly isPiece: boolean;
}

/** The answer in chunks: roles, then the pieces of all choices and calls by turns, then the ends, and usage if asked for. */
export function* streamedCompletion(
  frame: CompletionFrame,
  choices: readonly SimulatedChoice[],
  usage: CompletionUsage | undefined,
): Generator<StreamedChunk> {
  const head = headOf(frame, "chat.completion.chunk");
  const tail = usage === undefined ? {} : { usage: null };
  const chunk = (
    index: number,
    delta: JsonObject,
    finishReason: string | null = null,
    piece?: string,
  ): StreamedChunk => ({
    body: {
      ...head,
      choices: [
        { index, delta, logprobs: logprobsOf(frame, piece === undefined ? [] : [piece]), finish_reason: finishReason },
      ],
      ...tail,
    },
    isPiece: delta.role === undefined && finishReason === null,
  });
  for (const { index, calls } of choices) {
    yield chunk(index, { role: "assistant", content: calls.length > 0 ? null : "", refusal: null });
  }
  const deltas = choices.map((choice) => (choice.calls.length > 0 ? callDeltas(choice) : contentDeltas(choice)));
  for (let turn = 0; deltas.some((own) => turn < own.length); turn++) {
    for (const [at, { index }] of choices.entries()) {
      const delta = deltas[at]?.[turn];
      if (delta !== undefined) yield chunk(index, delta, null, delta.content as string | undefined);
    }
  }
  for (const { index, finishReason } of choices) yield chunk(index, {}, finishReason);
  if (usage !== undefined) yield { body: { ...head, choices: [], usage: usageOf(usage) }, isPiece: false };
}

/** Pieces that an answer is streamed in. */
export const pieceCount = (choices: readonly SimulatedChoice[]): number =>
  choices.reduce((count, choice) => count + (choice.calls.length > 0 ? callDeltas(choice) : choice.pieces).length, 0);

const contentDeltas = ({ pieces }: SimulatedChoice): JsonObject[] => pieces.map((content) => ({ content }));

/** Every call begins with its id and name; then the arguments of all calls come by turns. */
function callDeltas({ calls }: SimulatedChoice): JsonObject[] {
  const delta = (call: JsonObject): JsonObject => ({ tool_calls: [call] });
  const begun = calls.map(({ id, name }, index) =>
    delta({ index, id, type: "function", function: { name, arguments: "" } }),
  );
  const pieces = calls.map(argumentPieces);
  const longest = Math.max(...pieces.map(({ length }) => length));
  const turns = Array.from({ length: longest }, (_, turn) =>
    pieces.flatMap((own, index) => {
      const text = own[turn];
      return text === undefined ? [] : [delta({ index, function: { arguments: text } })];
    }),
  );
  return [...begun, ...turns.flat()];
}

const headOf = ({ id, created, model }: CompletionFrame, object: string): JsonObject => ({
  id,
  object,
  created,
  model,
  system_fingerprint: systemFingerprint,
});

function usageOf({ promptTokens, cachedTokens, completionTokens }: CompletionUsage) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  };
}

/** The longer a piece, the less likely; the simulator is never quite sure. */
function logprobsOf({ topLogprobs }: CompletionFrame, pieces: readonly string[]) {
  if (topLogprobs === undefined) return null;
  const content = pieces.map((token) => ({
    ...oneLogprob(token, -0.02 * token.length),
    top_logprobs: Array.from({ length: topLogprobs }, (_, rank) =>
      oneLogprob(rank === 0 ? token : `${token}${rank}`, -0.02 * token.length - rank),
    ),
  }));
  return { content, refusal: null };
}

const oneLogprob = (token: string, logprob: number) => ({ token, logprob, bytes: [...Buffer.from(token)] });
