import type { Exchange } from "./exchange.ts";

/** Tokens of a whole answer. */
export const answerTokens = 60;

const words =
  "the river runs from the old hills to the wide sea and on its way it turns the wheels of many small mills".split(" ");

/** The token at a place of the answer: one short word. */
const token = (index: number) => `${index === 0 ? "" : " "}${words[index % words.length]}`;

/** The text of the answer between two places. */
export const textBetween = (from: number, to: number): string =>
  Array.from({ length: Math.max(0, to - from) }, (_, at) => token(from + at)).join("");

/** Where the answer goes on: after the text so far where the request carries it, otherwise at its beginning. */
export function placeOf({ served: { messages } }: Exchange): number {
  const sofar = messages.findLast(({ role }) => role === "assistant")?.content?.trimEnd();
  if (!sofar || !textBetween(0, answerTokens).startsWith(sofar)) return 0;
  return sofar.trimStart().split(" ").length;
}

/** Begins a stream where the answer goes on, and writes so many of its tokens. Returns the place behind them. */
export function writeBeginning(exchange: Exchange, tokens: number): number {
  const from = placeOf(exchange);
  const to = Math.min(answerTokens, from + tokens);
  beginStream(exchange);
  writeTokens(exchange, from, to);
  return to;
}

/** Sends the head of a response. */
export function sendHead({ response, served }: Exchange, status = 200, headers: Record<string, string> = {}): void {
  served.status = status;
  const type = served.isStreamed && status === 200 ? "text/event-stream" : "application/json";
  response.writeHead(status, { "content-type": type, ...headers });
  response.flushHeaders();
}

export const event = (data: object | string): string =>
  `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;

const common = ({ served }: Exchange) => ({ id: `chatcmpl-${served.sequence}`, created: 1, model: served.model });

/** The event of a delta. */
export const deltaEvent = (exchange: Exchange, delta: object, finishReason: string | null = null): string =>
  event({
    ...common(exchange),
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, finish_reason: finishReason }],
  });

/** Begins a stream: head and role. */
export function beginStream(exchange: Exchange): void {
  sendHead(exchange);
  exchange.response.write(deltaEvent(exchange, { role: "assistant", content: "" }));
}

/** Writes tokens as one event each. An answer of its own begins without a space, also one that goes on with another's. */
export function writeTokens(exchange: Exchange, from: number, to: number): void {
  const { response, served } = exchange;
  const isOwnTurn = served.messages.at(-1)?.role === "user";
  for (let index = from; index < to; index++) {
    const content = isOwnTurn && served.completionTokens === 0 ? token(index).trimStart() : token(index);
    response.write(deltaEvent(exchange, { content }));
    served.completionTokens++;
    served.streamedText += content;
  }
}

/** The usage as it stands, which is thereby reported. */
export function usageOf({ served }: Exchange): object {
  served.hasReportedUsage = true;
  const { promptTokens, completionTokens } = served;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}

/** Ends a stream as it should end: finish reason, usage, `[DONE]`. */
export function endStream(exchange: Exchange, finishReason = "stop"): void {
  const usage = event({ ...common(exchange), object: "chat.completion.chunk", choices: [], usage: usageOf(exchange) });
  exchange.response.end(deltaEvent(exchange, {}, finishReason) + usage + event("[DONE]"));
}

/** The text of a whole answer. */
export function wholeBody(exchange: Exchange, from = 0, to = answerTokens, finishReason = "stop"): string {
  exchange.served.completionTokens = to - from;
  return JSON.stringify({
    ...common(exchange),
    object: "chat.completion",
    choices: [
      { index: 0, message: { role: "assistant", content: textBetween(from, to) }, finish_reason: finishReason },
    ],
    usage: usageOf(exchange),
  });
}
