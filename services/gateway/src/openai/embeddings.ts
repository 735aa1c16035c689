import { endianness } from "node:os";
import type { EmbeddingRequest, EmbeddingResponse } from "@switchyard/contracts/vocabulary/embedding";
import { int32Field, isInt32, jsonText, kindOf, refuse, stringAt, stringField } from "./fields.ts";
import { addExtra, type JsonObject, unknownFields } from "./json.ts";

/** What a body of `POST /v1/embeddings` asks for. */
export interface AskedEmbedding {
  readonly embedding: EmbeddingRequest;
  readonly encoding: "float" | "base64";
  /** OpenAI's `user`. Empty: none. */
  readonly user: string;
}

const knownFields = new Set(["model", "input", "dimensions", "encoding_format", "user", "switchyard"]);

/** Translates an embedding request. Throws INVALID_ARGUMENT naming the first field of a wrong JSON type. */
export function embeddingFrom(body: JsonObject): AskedEmbedding {
  const encoding = stringField(body, "encoding_format", "") ?? "float";
  if (encoding !== "float" && encoding !== "base64") refuse("encoding_format", "must be one of float, base64");
  return {
    embedding: {
      model: stringField(body, "model", "") ?? "",
      ...inputFrom(body.input),
      dimensions: int32Field(body, "dimensions", ""),
      extraJson: jsonText(unknownFields(body, knownFields), "body"),
    },
    encoding,
    user: stringField(body, "user", "") ?? "",
  };
}

/** One text, texts, one text as token ids, or several. */
function inputFrom(input: unknown): Pick<EmbeddingRequest, "texts" | "tokenLists"> {
  if (input === undefined || input === null) return { texts: [], tokenLists: [] };
  if (typeof input === "string") return { texts: [input], tokenLists: [] };
  if (!Array.isArray(input)) return refuse("input", `must be a string or an array, not ${kindOf(input)}`);
  const [first] = input as unknown[];
  if (typeof first === "number") return { texts: [], tokenLists: [{ tokenIds: tokenIds(input, "input") }] };
  if (Array.isArray(first)) {
    return { texts: [], tokenLists: input.map((list, index) => ({ tokenIds: tokenIds(list, `input[${index}]`) })) };
  }
  return { texts: input.map((text, index) => stringAt(text, `input[${index}]`)), tokenLists: [] };
}

function tokenIds(list: unknown, path: string): number[] {
  if (!Array.isArray(list)) return refuse(path, `must be an array of token ids, not ${kindOf(list)}`);
  const bad = list.findIndex((id) => typeof id !== "number" || !isInt32(id));
  if (bad >= 0) refuse(`${path}[${bad}]`, "must be a token id, a whole number of 32 bits");
  return list;
}

/** Vectors as OpenAI's API says them, with the routing report as `switchyard`. */
export function embeddingListJson(
  response: EmbeddingResponse,
  encoding: AskedEmbedding["encoding"],
  switchyard: object | undefined,
): object {
  const tokens = Number(response.inputTokens);
  return addExtra(
    {
      object: "list",
      data: response.embeddings.map(({ values }, index) => ({
        object: "embedding",
        index,
        embedding: encoding === "base64" ? base64Of(values) : values,
      })),
      model: response.model,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
      switchyard,
    },
    response.extraJson,
  );
}

/** Little-endian 32-bit floats, as OpenAI's clients read them. */
function base64Of(values: readonly number[]): string {
  const bytes = Buffer.from(Float32Array.from(values).buffer);
  return (endianness() === "BE" ? bytes.swap32() : bytes).toString("base64");
}
