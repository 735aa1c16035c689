import { type Config, parseConfig } from "@switchyard/config";
import {
  type CompleteRequest,
  type CompleteResponse,
  type EmbedRequest,
  type EmbedResponse,
  type InvalidateCacheRequest,
  type InvalidateCacheResponse,
  type ListModelsResponse,
  type RecordOutcomeRequest,
  type RecordOutcomeResponse,
  type ReportBadHitRequest,
  type ReportBadHitResponse,
  RouterServiceDefinition,
  type StreamCompleteRequest,
  type StreamCompleteResponse,
} from "@switchyard/contracts/router/v1/router";
import { type Call, connect, service } from "@switchyard/rpc";
import { createLogger } from "@switchyard/telemetry";
import OpenAI, { type ClientOptions } from "openai";
import { createGatewayApp, type GatewayApp } from "../app.ts";

/** What the router does in a test; a call that is not scripted fails. */
export interface Script {
  complete?: (request: CompleteRequest, call: Call) => Promise<CompleteResponse>;
  stream?: (request: StreamCompleteRequest, call: Call) => AsyncIterable<StreamCompleteResponse>;
  embed?: (request: EmbedRequest, call: Call) => Promise<EmbedResponse>;
  reportBadHit?: (request: ReportBadHitRequest) => Promise<ReportBadHitResponse>;
  invalidateCache?: (request: InvalidateCacheRequest) => Promise<InvalidateCacheResponse>;
  recordOutcome?: (request: RecordOutcomeRequest) => Promise<RecordOutcomeResponse>;
  listModels?: (call: Call) => Promise<ListModelsResponse>;
}

/** A gateway on a real socket before a scripted router. */
export interface TestGateway extends GatewayApp {
  readonly script: Script;
  ready: boolean;
  /** The official client, pointed at it; it does not retry unless told to. */
  client(options?: ClientOptions): OpenAI;
  /** A POST of a body as it is. */
  post(path: string, body: string | Uint8Array, headers?: Record<string, string>): Promise<Response>;
}

const yaml = `
router: { baselineModel: m }
providers: { p: { baseUrl: http://127.0.0.1:1, keys: [{ env: KEY }] } }
models:
  - { id: m, providers: [p], tier: economy, contextWindow: 1000, maxOutputTokens: 100, prices: { input: 1, output: 1 } }
`;

/** Starts one; `settings` replaces settings of the gateway. */
export async function serveGateway(
  settings: Partial<Config["gateway"]> = {},
  apiKeys: Config["apiKeys"] = [],
): Promise<TestGateway> {
  const config = parseConfig(yaml, { environment: {}, folder: "." });
  const script: Script = {};
  const unscripted = (): never => {
    throw new Error("not scripted");
  };
  const router = service(RouterServiceDefinition, {
    complete: async (request, call) => (script.complete ?? unscripted)(request, call),
    streamComplete: (request, call) => (script.stream ?? unscripted)(request, call),
    embed: async (request, call) => (script.embed ?? unscripted)(request, call),
    explain: unscripted,
    reportBadHit: async (request) => (script.reportBadHit ?? unscripted)(request),
    invalidateCache: async (request) => (script.invalidateCache ?? unscripted)(request),
    recordOutcome: async (request) => (script.recordOutcome ?? unscripted)(request),
    listPolicyVersions: unscripted,
    comparePolicyVersions: unscripted,
    pinPolicyVersion: unscripted,
    rollBackPolicy: unscripted,
    listModels: async (_request, call) => (script.listModels ?? unscripted)(call),
  });
  const state = { ready: true };
  const app = await createGatewayApp(
    { ...config, apiKeys, gateway: { ...config.gateway, listen: "127.0.0.1:0", ...settings } },
    { logger: createLogger("test", "silent") },
    {
      router: connect(RouterServiceDefinition, { inProcess: router, onUnforeseen: () => undefined }).client,
      scrape: (_request, response) => void response.end("metrics\n"),
      ready: () => state.ready,
    },
  );
  return Object.assign(state, app, {
    script,
    client: (options: ClientOptions = {}) =>
      new OpenAI({ apiKey: "key-1", baseURL: `${app.url}/v1`, maxRetries: 0, ...options }),
    post: (path: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
      fetch(app.url + path, {
        method: "POST",
        body: body as NonNullable<RequestInit["body"]>,
        headers: { "content-type": "application/json", ...headers },
      }),
  });
}
