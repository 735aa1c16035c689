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
`;

const deployments = (environment: Record<string, string>) =>
  deploymentsOf(parseConfig(text, { environment, folder: "/" }));

describe("deploymentsOf", () => {
  it("takes the first provider of a model that has an address and a key", () => {
    const found = deployments({ FIRST_URL: "http://first.test/v1", FIRST_KEY: "a", SECOND_KEY: "b" });
    expect(found.get("large")).toMatchObject({ provider: "first", providerName: "acme", upstreamModel: "large" });
    expect(found.get("large")?.model.tier).toBe("premium");
  });

  it("passes over a provider without an address", () => {
    const found = deployments({ FIRST_KEY: "a", SECOND_KEY: "b" });
    expect(found.get("large")).toMatchObject({ provider: "second", providerName: "second" });
  });

  it("passes over a provider of whose keys none leads anywhere", () => {
    const found = deployments({ FIRST_URL: "http://first.test/v1", SECOND_KEY: "b" });
    expect(found.get("large")).toMatchObject({ provider: "second" });
  });

  it("leaves out a model that no provider can serve", () => {
    expect([...deployments({ SECOND_KEY: "b" }).keys()]).toEqual(["large"]);
    expect(deployments({}).size).toBe(0);
  });

  it("names the model as its provider does", () => {
    const found = deployments({ FIRST_URL: "http://first.test/v1", FIRST_KEY: "a" });
    expect(found.get("small")).toMatchObject({ upstreamModel: "acme/small-1" });
  });
});
