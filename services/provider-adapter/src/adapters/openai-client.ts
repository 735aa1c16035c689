import { OpenAI } from "openai";
import type { AttemptInit } from "./undici-fetch.ts";

/** The SDK must not give up before the attempt's own limits do; this is the longest that a timer can be set for. */
const neverMs = 2_147_483_647;

type BuildRequest = OpenAI["buildRequest"];

/** A client that sends one key. Everything that the SDK would otherwise take from the environment, or do by itself, is said here. */
export function createClient(apiKey: string, baseURL: string, fetch: typeof globalThis.fetch): OpenAI {
  const client = new OpenAI({
    apiKey,
    baseURL: baseURL.replace(/\/+$/, ""),
    fetch,
    maxRetries: 0,
    timeout: neverMs,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: "off",
    defaultHeaders: { "X-Stainless-Timeout": null },
  });
  client.buildRequest = buildingOnce(client.buildRequest.bind(client));
  return client;
}

/**
 * Keeps the address and the headers that the SDK builds, which are the same for every request to a path: building them costs
 * more than sending them. The signal goes to the fetch alone, or the SDK would join it to one of its own.
 */
function buildingOnce(build: BuildRequest): BuildRequest {
  const built = new Map<string, ReturnType<BuildRequest>>();
  return async (options) => {
    const { path, method, body, signal } = options;
    let building = built.get(path);
    if (building === undefined) {
      building = build({ path, method, body: {} });
      built.set(path, building);
    }
    const { req, url, timeout } = await building;
    const init: AttemptInit = {
      method: req.method as AttemptInit["method"],
      headers: req.headers,
      body: JSON.stringify(body),
      attemptSignal: signal,
    };
    return { req: init, url, timeout };
  };
}
