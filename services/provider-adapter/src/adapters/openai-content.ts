import type { ContentPart } from "@switchyard/contracts/vocabulary/chat";
import { extraJson, furtherFields, isObject, type JsonObject, parseObject, textOf, withNested } from "./json-fields.ts";

/** The content of a message as OpenAI writes it: plain text where it is just that, otherwise a list of parts. */
export function toContent(parts: readonly ContentPart[], field: string): string | JsonObject[] {
  const [only] = parts;
  if (only === undefined) return "";
  if (parts.length === 1 && only.part?.$case === "text" && only.extraJson === "") return only.part.value;
  return parts.map((part, index) => toPart(part, `${field}[${index}]`));
}

function toPart({ part, extraJson: text }: ContentPart, field: string): JsonObject {
  const extra = parseObject(text, `${field}.extra_json`);
  switch (part?.$case) {
    case "text":
      return { ...extra, type: "text", text: part.value };
    case "image": {
      const { url, detail } = part.value;
      return { ...extra, type: "image_url", image_url: { ...nested(extra.image_url), url, ...(detail && { detail }) } };
    }
    case "audio":
      return { ...extra, type: "input_audio", input_audio: { ...nested(extra.input_audio), ...part.value } };
    case "otherJson":
      return { ...extra, ...parseObject(part.value, `${field}.other_json`) };
    case undefined:
      return extra;
  }
}

const nested = (value: unknown): JsonObject => (isObject(value) ? value : {});

/** The content of an answer: usually text, at some providers a list of parts. Null and absent are no content. */
export function fromContent(content: unknown): ContentPart[] {
  if (typeof content === "string") return [{ part: { $case: "text", value: content }, extraJson: "" }];
  return Array.isArray(content) ? content.filter(isObject).map(fromPart) : [];
}

const textFields = new Set(["type", "text"]);
const imageFields = new Set(["type", "image_url"]);
const imageUrlFields = new Set(["url", "detail"]);

function fromPart(part: JsonObject): ContentPart {
  if (part.type === "text" && typeof part.text === "string") {
    return { part: { $case: "text", value: part.text }, extraJson: extraJson(furtherFields(part, textFields)) };
  }
  if (part.type === "image_url" && isObject(part.image_url)) {
    const image = { url: textOf(part.image_url.url), detail: textOf(part.image_url.detail) };
    const further = withNested(
      furtherFields(part, imageFields),
      "image_url",
      furtherFields(part.image_url, imageUrlFields),
    );
    return { part: { $case: "image", value: image }, extraJson: extraJson(further) };
  }
  return { part: { $case: "otherJson", value: JSON.stringify(part) }, extraJson: "" };
}
