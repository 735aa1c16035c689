import { type Config, parseConfig } from "@switchyard/config";

/** A catalogue of a chat model, a smaller one and one for embeddings, with answers that come at once. */
export function configOf(simulator = "firstTokenMs: 0, tokensPerSecond: 0"): Config {
  const text = `
router: { baselineModel: large }
simulator: { listen: "127.0.0.1:0", ${simulator} }
providers: { none: { baseUrl: { env: UNSET }, keys: [{ env: UNSET }] } }
models:
  - { id: large, providers: [none], tier: premium, contextWindow: 8000, maxOutputTokens: 1000, prices: { input: 1, output: 1 } }
  - { id: small, upstreamModel: acme-small, providers: [none], tier: economy, contextWindow: 100, maxOutputTokens: 50, prices: { input: 1, output: 1 } }
  - { id: embed, providers: [none], tier: economy, contextWindow: 100, maxOutputTokens: 1, capabilities: [embeddings], prices: { input: 1, output: 0 } }
`;
  return parseConfig(text, { environment: {}, folder: "/" });
}
