import type { Embedding, EmbeddingRequest, EmbeddingResponse } from "@switchyard/contracts/vocabulary/embedding";
import { extraJson, furtherFields, isObject, type JsonObject, parseObject, textOf } from "./json-fields.ts";
import { MalformedAnswer } from "./malformed-answer.ts";
import { countOf } from "./openai-usage.ts";

/** An embedding request as OpenAI writes it, asking for plain numbers: not every provider knows base64. */
export function toEmbeddingBody(embedding: EmbeddingRequest, model: string): JsonObject {
  const { texts, tokenLists, dimensions } = embedding;
  return {
    ...parseObject(embedding.extraJson, "embedding.extra_json"),
    model,
    input: texts.length > 0 ? texts : tokenLists.map(({ tokenIds }) => tokenIds),
    ...(dimensions === undefined ? {} : { dimensions }),
    encoding_format: "float",
  };
}

const answerFields = new Set(["object", "data", "model", "usage"]);

/** Vectors in the order of the inputs. Throws {@link MalformedAnswer} where there is not one for each. */
export function fromEmbeddingResponse(answer: unknown, inputCount: number): EmbeddingResponse {
  if (!isObject(answer) || !Array.isArray(answer.data)) throw new MalformedAnswer("has no vectors");
  const embeddings: Embedding[] = [];
  answer.data.forEach((entry: unknown, position) => {
    if (!isObject(entry) || !isVector(entry.embedding)) throw new MalformedAnswer("has a vector without numbers");
    embeddings[typeof entry.index === "number" ? entry.index : position] = { values: entry.embedding };
  });
  if (embeddings.length !== inputCount || Object.keys(embeddings).length !== inputCount) {
    throw new MalformedAnswer(`has other than ${inputCount} vectors`);
  }
  const usage = isObject(answer.usage) ? answer.usage : {};
  return {
    model: textOf(answer.model),
    embeddings,
    inputTokens: BigInt(countOf(usage.prompt_tokens) || countOf(usage.total_tokens)),
    extraJson: extraJson(furtherFields(answer, answerFields)),
  };
}

const isVector = (value: unknown): value is number[] => Array.isArray(value) && typeof value[0] === "number";
