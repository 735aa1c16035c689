import { invalidField } from "./api-error.ts";
import { isObject } from "./chat-body.ts";

/** An embedding request that was found to be in order. */
export interface EmbeddingBody {
  readonly model: string;
  /** One text per vector; token ids stand as words. */
  readonly texts: readonly string[];
  /** Token count of each text, where it came as token ids. */
  readonly tokenCounts: readonly (number | undefined)[];
  readonly dimensions: number | undefined;
  readonly isBase64: boolean;
}

const mostInputs = 2048;

/** Checks an embedding request. Throws an ApiError that names the field at fault. */
export function checkEmbeddingBody(body: unknown): EmbeddingBody {
  if (!isObject(body)) throw invalidField("body", "must be a JSON object");
  const { model, input, dimensions, encoding_format: encoding } = body;
  if (typeof model !== "string") throw invalidField("model", "must be a string", "missing_required_parameter");
  if (encoding !== undefined && encoding !== "float" && encoding !== "base64") {
    throw invalidField("encoding_format", "must be 'float' or 'base64'");
  }
  if (
    dimensions !== undefined &&
    !(Number.isInteger(dimensions) && Number(dimensions) >= 1 && Number(dimensions) <= 8192)
  ) {
    throw invalidField("dimensions", "must be a whole number from 1 to 8192");
  }
  const inputs = inputsOf(input);
  return {
    model,
    texts: inputs.map((one) => (typeof one === "string" ? one : one.join(" "))),
    tokenCounts: inputs.map((one) => (typeof one === "string" ? undefined : one.length)),
    dimensions: dimensions as number | undefined,
    isBase64: encoding === "base64",
  };
}

type Input = string | number[];

function inputsOf(input: unknown): Input[] {
  const list = isInput(input) ? [input] : input;
  if (!Array.isArray(list) || list.length === 0 || list.length > mostInputs || !list.every(isInput)) {
    throw invalidField("input", `must be a text or a token list that is not empty, or 1 to ${mostInputs} of them`);
  }
  return list;
}

const isInput = (value: unknown): value is Input =>
  typeof value === "string"
    ? value !== ""
    : Array.isArray(value) && value.length > 0 && value.every((token) => Number.isInteger(token) && token >= 0);
