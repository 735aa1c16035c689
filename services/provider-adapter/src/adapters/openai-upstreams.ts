import type { Config, ProviderConfig } from "@switchyard/config";
import type { OpenAI } from "openai";
import { Agent } from "undici";
import { createKeyRing, type KeyRing, type WeightedKey } from "../domain/key-ring.ts";
import { createClient } from "./openai-client.ts";
import type { MaxTokensField, Prefill } from "./openai-request.ts";
import { pooledFetch } from "./undici-fetch.ts";

/** Bytes of a response that are read: the vectors of a large batch fit; a line that never ends must not fill the memory. */
const longestResponse = 256 * 1024 * 1024;

/** A key with the client that sends it. */
export interface KeyedClient {
  /** Its place among the configured keys, from 0. */
  readonly index: number;
  readonly apiKey: string;
  readonly client: OpenAI;
}

/** A provider as it is reached. */
export interface Upstream {
  readonly provider: string;
  readonly keys: KeyRing<KeyedClient>;
  readonly maxTokensField: MaxTokensField;
  readonly prefill: Prefill;
  /** Closes its connections at once. */
  close(): Promise<void>;
}

/** Every configured provider with an address and at least one key, by its key in the configuration. */
export function connectUpstreams(providers: Config["providers"]): ReadonlyMap<string, Upstream> {
  const upstreams = new Map<string, Upstream>();
  for (const [provider, config] of Object.entries(providers)) {
    const { baseUrl, maxTokensField, prefill } = config;
    if (baseUrl === undefined || config.keys.every(({ secret }) => secret === undefined)) continue;
    const agent = createAgent(config);
    upstreams.set(provider, {
      provider,
      keys: createKeyRing(keysOf(config, baseUrl, pooledFetch(agent))),
      maxTokensField,
      prefill,
      close: () => agent.destroy(),
    });
  }
  return upstreams;
}

function keysOf({ keys }: ProviderConfig, baseUrl: string, fetch: typeof globalThis.fetch): WeightedKey<KeyedClient>[] {
  return keys.flatMap(({ secret, weight }, index) => {
    if (secret === undefined) return [];
    const apiKey = secret.reveal();
    return { key: { index, apiKey, client: createClient(apiKey, baseUrl, fetch) }, weight };
  });
}

function createAgent({ timeouts, maxConnections }: ProviderConfig): Agent {
  return new Agent({
    connections: maxConnections,
    connect: { timeout: timeouts.connectMs },
    // HTTP/1.1: a cancelled request closes its connection, and none waits behind another's answer.
    allowH2: false,
    // The attempt has limits of its own.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: longestResponse,
  });
}
