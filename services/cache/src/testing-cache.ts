import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "@switchyard/config";
import {
  CacheServiceDefinition,
  LookupRequest,
  type LookupResponse,
  StoreRequest,
  type StoreTicket,
} from "@switchyard/contracts/cache/v1/cache";
import { type Client, connect } from "@switchyard/rpc";
import { createLogger } from "@switchyard/telemetry";
import { type CachePeers, createCacheApp } from "./app.ts";
import { answer, chatRequest, textPart } from "./testing.ts";

/** What a test asks the cache; by default internal, of the user ann of the tenant acme. */
export type Asked = NonNullable<Parameters<typeof LookupRequest.create>[0]>;

/** A cache service on an embedded store of its own, as its callers see it. */
export interface TestCache {
  readonly folder: string;
  readonly client: Client<CacheServiceDefinition>;
  lookup(fields?: Asked): Promise<LookupResponse>;
  store(
    tickets: StoreTicket[],
    text: string,
    fields?: { ttlSeconds?: number; finishReason?: string },
  ): Promise<{ stored: boolean; reason: string }>;
  /** Looks up, and stores `text` under the tickets that came back. */
  ask(text: string, fields?: Asked): Promise<LookupResponse>;
  close(): Promise<void>;
}

/** `settings` is the `cache` part of the configuration, as YAML in one line; `folder` that of a cache that was there before. */
export async function openTestCache(
  settings: string,
  { folder = "", peers }: { folder?: string; peers?: CachePeers } = {},
) {
  const place = folder || (await mkdtemp(join(tmpdir(), "cache-app-")));
  const config = parseConfig(
    `
router: { baselineModel: m }
providers: { p: { baseUrl: "http://127.0.0.1:1", keys: [{ env: KEY }] } }
models:
  - { id: m, providers: [p], tier: economy, contextWindow: 1, maxOutputTokens: 1, prices: { input: 1, output: 1 } }
  - id: vectors
    providers: [p]
    tier: economy
    contextWindow: 1
    maxOutputTokens: 1
    capabilities: [embeddings]
    prices: { input: 0.5, output: 0 }
dataDirectory: ${JSON.stringify(place)}
cache: ${settings}`,
    { environment: {}, folder: place },
  );
  const app = await createCacheApp(config, { logger: createLogger("test", "silent") }, peers);
  const unforeseen: unknown[] = [];
  const { client } = connect(CacheServiceDefinition, {
    inProcess: app.service,
    onUnforeseen: (_, error) => unforeseen.push(error.cause),
  });
  const cache: TestCache = {
    folder: place,
    client,
    lookup: (fields = {}) =>
      client.lookup(LookupRequest.create({ chat: chatRequest(), caller: { tenant: "acme", user: "ann" }, ...fields })),
    store: (tickets, text, { ttlSeconds, finishReason } = {}) =>
      client.store(StoreRequest.create({ tickets, answer: answer(text, finishReason), ttlSeconds })),
    async ask(text, fields = {}) {
      const response = await cache.lookup(fields);
      if (response.tickets.length > 0) await cache.store(response.tickets, text);
      return response;
    },
    async close() {
      await app.close();
      if (folder === "") await rm(place, { recursive: true });
      if (unforeseen.length > 0) throw unforeseen[0];
    },
  };
  return cache;
}

/** The text of an answer that was found. */
export function textOf({ answer: found }: LookupResponse): string | undefined {
  const part = found?.response?.choices[0]?.message?.content[0]?.part;
  return part?.$case === "text" ? part.value : undefined;
}

/** A request whose last turn is `text`. */
export const saying = (text: string, fields: Parameters<typeof chatRequest>[0] = {}) =>
  chatRequest({ messages: [{ role: "ROLE_USER", content: [textPart(text)] }], ...fields });
