import { estimateTokens } from "@switchyard/text";
import { ApiError } from "../domain/api-error.ts";
import { checkFits, findModel } from "../domain/catalogue.ts";
import { embedText } from "../domain/embedding.ts";
import { checkEmbeddingBody } from "../domain/embedding-body.ts";
import type { Fault } from "../domain/fault.ts";
import { type Exchange, sendJson } from "./exchange.ts";
import { failAtOnce } from "./fail-at-once.ts";
import { pause } from "./pacing.ts";
import type { Simulation } from "./simulation.ts";

/** Length of vectors whose length nobody asks for. */
const defaultDimensions = 1536;

const atOnce: ReadonlySet<Fault["kind"]> = new Set(["status", "hang_up", "silence", "slow"]);

/** `POST /v1/embeddings`. */
export async function embeddings(simulation: Simulation, exchange: Exchange, json: unknown): Promise<void> {
  const { model: name, texts, tokenCounts, dimensions = defaultDimensions, isBase64 } = checkEmbeddingBody(json);
  const model = findModel(simulation.models, name);
  if (!model.isForEmbeddings) {
    throw new ApiError({
      status: 400,
      message: `'${name}' does not make embeddings.`,
      param: "model",
      code: "model_not_supported",
    });
  }
  const counts = texts.map((text, index) => tokenCounts[index] ?? estimateTokens(text));
  for (const tokens of counts) checkFits(model, tokens, "input");
  const promptTokens = counts.reduce((sum, tokens) => sum + tokens, 0);
  const { line, fault } = simulation.begin("embeddings", { model: name, stream: false, body: json });
  // There is no middle of an answer that the other faults could strike in.
  if (await failAtOnce(exchange, fault === undefined || atOnce.has(fault.kind) ? fault : { kind: "hang_up" }, line))
    return;
  try {
    line.promptTokens = promptTokens;
    await pause(fault?.kind === "slow" ? fault.firstTokenMs : simulation.pace.firstTokenMs, exchange.hungUp);
    exchange.hungUp.throwIfAborted();
  } catch {
    line.aborted = true;
    return;
  }
  const data = texts.map((text, index) => {
    const vector = embedText(text, dimensions);
    return { object: "embedding", index, embedding: isBase64 ? toBase64(vector) : Array.from(vector) };
  });
  line.completed = true;
  sendJson(exchange, {
    object: "list",
    data,
    model: name,
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
  });
}

const toBase64 = (vector: Float32Array): string =>
  Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64");
