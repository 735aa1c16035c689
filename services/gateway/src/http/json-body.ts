import type { IncomingMessage } from "node:http";
import { cancelled } from "@switchyard/rpc";
import { refuse } from "../openai/fields.ts";
import { isJsonObject, type JsonObject } from "../openai/json.ts";
import { loneSurrogate } from "../openai/lone-surrogate.ts";
import { HttpRefusal } from "./http-refusal.ts";

/**
 * Reads the body of a request as a JSON object. Throws HttpRefusal (413 for more than `maxBytes`, 415 for anything but plain
 * JSON), INVALID_ARGUMENT for what is not UTF-8, not JSON or not an object, and CANCELLED when the caller goes away.
 */
export async function readJsonObject(request: IncomingMessage, maxBytes: number): Promise<JsonObject> {
  refuseOtherTypes(request);
  const text = decode(await readBytes(request, maxBytes));
  const value = parse(text);
  if (!isJsonObject(value)) return refuse("body", "must be a JSON object");
  const broken = loneSurrogate(text, value);
  if (broken !== undefined) refuse(broken, "is not valid Unicode: it holds half of a surrogate pair");
  return value;
}

function refuseOtherTypes({ headers }: IncomingMessage): void {
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") {
    throw new HttpRefusal(415, "unsupported_content_encoding", `content-encoding: ${encoding} is not supported`);
  }
  const type = headers["content-type"];
  const isEmpty = headers["content-length"] === "0" || (type === undefined && !hasBody(headers));
  if (isEmpty || isJsonInUtf8(type ?? "")) return;
  const said = type === undefined ? "is missing" : `is ${type}`;
  throw new HttpRefusal(415, "unsupported_content_type", `the content-type ${said}; it must be application/json`);
}

function isJsonInUtf8(contentType: string): boolean {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType)?.[1] ?? "utf-8";
  return /^application\/json\s*(;|$)/i.test(contentType) && /^utf-?8$/i.test(charset);
}

const hasBody = (headers: IncomingMessage["headers"]) =>
  headers["transfer-encoding"] !== undefined || headers["content-length"] !== undefined;

function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const tooLarge = () => new HttpRefusal(413, "request_too_large", `the body is larger than ${maxBytes} bytes`);
  // What is left unread is read and thrown away by node:http, so that the caller gets to see the answer.
  if (Number(request.headers["content-length"]) > maxBytes) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let size = 0;
    request.on("data", (piece: Buffer) => {
      size += piece.length;
      if (size <= maxBytes) pieces.push(piece);
      else {
        pieces.length = 0;
        reject(tooLarge());
      }
    });
    request.on("end", () => resolve(pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces)));
    request.on("error", () => reject(cancelled()));
    request.on("close", () => {
      if (!request.readableEnded) reject(cancelled());
    });
  });
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function decode(bytes: Buffer): string {
  if (bytes.length === 0) return refuse("body", "is empty");
  try {
    return utf8.decode(bytes);
  } catch {
    return refuse("body", "is not valid UTF-8");
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse("body", `is not valid JSON: ${(error as SyntaxError).message}`);
  }
}
