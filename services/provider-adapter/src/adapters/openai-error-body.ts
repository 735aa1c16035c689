import { isObject, type JsonObject, textOf } from "./json-fields.ts";

/** What a provider's error says, whatever form it came in. Missing parts are empty. */
export interface ErrorBody {
  readonly message: string;
  readonly type: string;
  /** A word, or a number as text. */
  readonly code: string;
  /** More text that may tell what is wrong: of a provider behind the provider, say. For matching, not for callers. */
  readonly detail: string;
}

/** Reads the text of an error response: OpenAI's object, FastAPI's `detail`, a bare object, a list of one, or plain text. */
export function parseErrorBody(text: string): ErrorBody {
  try {
    const body: unknown = JSON.parse(text);
    return readErrorBody(Array.isArray(body) ? body[0] : body);
  } catch {
    // A proxy's page of HTML is of no use to anyone.
    return { ...nothing, message: text.trimStart().startsWith("<") ? "" : text.trim() };
  }
}

const nothing: ErrorBody = { message: "", type: "", code: "", detail: "" };

/** Reads an error object, or an object that holds one under `error`. */
export function readErrorBody(body: unknown): ErrorBody {
  if (typeof body === "string") return { ...nothing, message: body };
  if (!isObject(body)) return nothing;
  const { error } = body;
  if (isObject(error)) return fromErrorObject(error);
  return typeof error === "string" ? { ...fromErrorObject(body), message: error } : fromErrorObject(body);
}

function fromErrorObject(error: JsonObject): ErrorBody {
  const { code, detail, metadata } = error;
  return {
    message: textOf(error.message) || detailOf(detail),
    type: textOf(error.type),
    code: typeof code === "number" ? String(code) : textOf(code),
    detail: isObject(metadata) ? textOf(metadata.raw) : textOf(error.status),
  };
}

/** FastAPI's `detail` is text, or a list of what is wrong with which field. */
function detailOf(detail: unknown): string {
  if (!Array.isArray(detail)) return textOf(detail);
  const faults = detail.filter(isObject).map(({ loc, msg }) => {
    const where = Array.isArray(loc) ? `${loc.join(".")}: ` : "";
    return where + textOf(msg);
  });
  return faults.join("; ");
}
