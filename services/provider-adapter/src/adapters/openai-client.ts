import { OpenAI } from "openai";
import type { AttemptInit } from "./undici-fetch.ts";

/** The SDK must not give up before the attempt's own limits do; this is the longest that a timer can be set for. */
const neverMs = 2_147_483_647;

type BuildRequest = OpenAI["buildRequest"];

/** What the requests to one path have in common. */
interface Path {
  readonly url: string;
  readonly timeout: number;
  readonly headers: Headers;
  readonly init: Pick<AttemptInit, "method" | "target" | "sentHeaders">;
}

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
  const paths = new Map<string, Promise<Path>>();
  const buildPath = async ({ path, method }: Parameters<BuildRequest>[0]): Promise<Path> => {
    const { req, url, timeout } = await build({ path, method, body: {} });
    // Nothing is decompressed here.
    const sentHeaders = { ...Object.fromEntries(req.headers), "accept-encoding": "identity" };
    const init = { method: req.method as AttemptInit["method"], target: new URL(url), sentHeaders };
    return { url, timeout, headers: req.headers, init };
  };
  return async (options) => {
    let building = paths.get(options.path);
    if (building === undefined) {
      building = buildPath(options);
      paths.set(options.path, building);
    }
    const { url, timeout, headers, init } = await building;
    const req: AttemptInit = { ...init, body: JSON.stringify(options.body), attemptSignal: options.signal };
    return { req: Object.assign(req, { headers }), url, timeout };
  };
}
