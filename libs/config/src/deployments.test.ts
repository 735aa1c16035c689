import { describe, expect, it } from "vitest";
import { deploymentsOf, parseConfig } from "./index.ts";

const text = `
router: { baselineModel: large }
providers:
  first: { name: acme, baseUrl: { env: FIRST_URL }, keys: [{ env: FIRST_KEY }] }
  second: { baseUrl: "http://second.test/v1", keys: [{ env: UNSET }, { env: SECOND_KEY }] }
models:
  - { id: large, providers: [first, second], tier: premium, contextWindow: 1000, maxOutputTokens: 100, prices: { input: 1, output: 1 } }
  - { id: small, upstreamModel: acme/small-1, providers: [first], tier: economy, contextWindow: 1000, maxOutputTokens: 100, prices: { input: 1, output: 1 } }
  - id: shared
    providers: [[{ name: first, weight: 3 }, { name: second, upstreamModel: elsewhere/shared }]]
    tier: economy
    contextWindow: 1000
    maxOutputTokens: 100
    prices: { input: 1, output: 1 }
`;

const deployments = (environment: Record<string, string>) =>
  deploymentsOf(parseConfig(text, { environment, folder: "/" }));

const everything = { FIRST_URL: "http://first.test/v1", FIRST_KEY: "a", SECOND_KEY: "b" };

describe("deploymentsOf", () => {
  it("gives the providers of a model in order of preference", () => {
    expect(deployments(everything).get("large")).toMatchObject([
      { provider: "first", providerName: "acme", upstreamModel: "large", rank: 0, weight: 1 },
      { provider: "second", providerName: "second", upstreamModel: "large", rank: 1, weight: 1 },
    ]);
    expect(deployments(everything).get("large")?.[0].model.tier).toBe("premium");
  });

  it("gives providers that stand together one rank, and each its weight and its own name of the model", () => {
    expect(deployments(everything).get("shared")).toMatchObject([
      { provider: "first", rank: 0, weight: 3, upstreamModel: "shared" },
      { provider: "second", rank: 0, weight: 1, upstreamModel: "elsewhere/shared" },
    ]);
  });

  it("passes over a provider without an address", () => {
    const found = deployments({ FIRST_KEY: "a", SECOND_KEY: "b" });
    expect(found.get("large")).toMatchObject([{ provider: "second", providerName: "second" }]);
  });

  it("passes over a provider of whose keys none leads anywhere", () => {
    const found = deployments({ FIRST_URL: "http://first.test/v1", SECOND_KEY: "b" });
    expect(found.get("large")).toMatchObject([{ provider: "second" }]);
  });

  it("leaves out a model that no provider can serve", () => {
    expect([...deployments({ SECOND_KEY: "b" }).keys()]).toEqual(["large", "shared"]);
    expect(deployments({}).size).toBe(0);
  });

  it("names the model as its provider does", () => {
    expect(deployments(everything).get("small")).toMatchObject([{ upstreamModel: "acme/small-1" }]);
  });
});
