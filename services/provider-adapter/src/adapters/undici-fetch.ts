import { type Dispatcher, request } from "undici";
import { parseErrorBody } from "./openai-error-body.ts";

type Body = Dispatcher.ResponseData["body"];

/** How long the body of an error response is waited for, in milliseconds: its status has said that there is no answer. */
const errorBodyMs = 1_000;
/** Characters of an error response that are read. */
const longestErrorBody = 65_536;

/** As much of a response of fetch as the SDK looks at, and its body as undici reads it. */
export interface PooledResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly url: string;
  readonly headers: Pick<Headers, "get" | "entries">;
  readonly body: Body;
  text(): Promise<string>;
}

/** What is asked of the fetch. */
export interface AttemptInit {
  readonly method: Dispatcher.HttpMethod;
  /** The address, parsed. */
  readonly target: URL;
  readonly sentHeaders: Readonly<Record<string, string>>;
  readonly body: string;
  /** Ends the attempt, from its connection to the end of its answer. */
  readonly attemptSignal: AbortSignal | null | undefined;
}

/**
 * A fetch over pooled connections, without the streams, tasks and copies of a whole one: see docs/performance.md. It hands the
 * SDK every error as the error object it understands. A redirect is an error: what the request holds is for the configured
 * address only. Nothing is decompressed.
 */
export function pooledFetch(dispatcher: Dispatcher): typeof globalThis.fetch {
  const fetchPooled = async (url: string, init: AttemptInit): Promise<PooledResponse> => {
    const { target, method, sentHeaders, body, attemptSignal } = init;
    const answer = await request(target, {
      ...{ dispatcher, method, body, headers: sentHeaders },
      signal: attemptSignal ?? null,
    });
    // Whoever reads the body learns of its errors; nobody need read it.
    answer.body.on("error", () => undefined);
    const status = answer.statusCode;
    const ok = status >= 200 && status < 300;
    return {
      ...{ ok, status, url, headers: readable(answer.headers), body: answer.body },
      text: () => (ok ? answer.body.text() : errorText(answer.body)),
    };
  };
  // The SDK asks for the types of the DOM.
  return fetchPooled as unknown as typeof globalThis.fetch;
}

function readable(headers: Dispatcher.ResponseData["headers"]): PooledResponse["headers"] {
  const textOf = (value: string | string[] | undefined) => (Array.isArray(value) ? value.join(", ") : value);
  return {
    get: (name) => textOf(headers[name.toLowerCase()]) ?? null,
    entries: () =>
      Object.entries(headers)
        .map(([name, value]): [string, string] => [name, textOf(value) ?? ""])
        [Symbol.iterator](),
  };
}

async function errorText(body: Body): Promise<string> {
  let text = "";
  const patience = setTimeout(() => body.destroy(), errorBodyMs).unref();
  try {
    body.setEncoding("utf8");
    for await (const piece of body) {
      text += piece;
      if (text.length > longestErrorBody) break;
    }
  } catch {
    // The status says enough.
  } finally {
    clearTimeout(patience);
  }
  return JSON.stringify({ error: parseErrorBody(text) });
}
