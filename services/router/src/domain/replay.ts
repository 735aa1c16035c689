import type { ChatChunk, ChatResponse, Choice, ChunkChoice, Delta } from "@switchyard/contracts/vocabulary/chat";
import { textOf } from "./shape.ts";

/** Characters of a replayed piece: small enough to look like a stream, large enough to be cheap. */
const pieceLength = 256;

const noDelta: Delta = {
  role: "ROLE_UNSPECIFIED",
  content: undefined,
  refusal: undefined,
  toolCalls: [],
  extraJson: "",
};

/** A whole answer as the stream it might have been: role first, content in pieces, tool calls, ends, usage last. */
export function* replay(response: ChatResponse): Generator<ChatChunk> {
  const { id, created, model, systemFingerprint } = response;
  const chunk = (choices: ChunkChoice[], extra: Partial<ChatChunk> = {}): ChatChunk => ({
    id,
    created,
    model,
    choices,
    usage: undefined,
    systemFingerprint,
    extraJson: "",
    ...extra,
  });
  for (const choice of response.choices) {
    for (const piece of piecesOf(choice)) yield chunk([piece]);
  }
  yield chunk([], { usage: response.usage, extraJson: response.extraJson });
}

function* piecesOf(choice: Choice): Generator<ChunkChoice> {
  const { message } = choice;
  const piece = (delta: Partial<Delta>): ChunkChoice => ({
    index: choice.index,
    delta: { ...noDelta, ...delta },
    finishReason: "",
    logprobs: undefined,
    extraJson: "",
  });
  yield {
    ...piece({ role: "ROLE_ASSISTANT", refusal: message?.refusal, extraJson: message?.extraJson ?? "" }),
    logprobs: choice.logprobs,
  };
  const text = textOf(message);
  for (const content of split(text)) yield piece({ content });
  for (const [index, call] of (message?.toolCalls ?? []).entries()) yield piece({ toolCalls: [{ index, ...call }] });
  yield { ...piece({}), finishReason: choice.finishReason, extraJson: choice.extraJson };
}

/** Cuts text into pieces, never inside a surrogate pair. */
function* split(text: string): Generator<string> {
  let from = 0;
  while (from < text.length) {
    let to = Math.min(text.length, from + pieceLength);
    const last = text.charCodeAt(to - 1);
    if (to < text.length && last >= 0xd800 && last <= 0xdbff) to -= 1;
    yield text.slice(from, to);
    from = to;
  }
}
