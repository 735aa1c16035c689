import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Config, followConfig, type OnConfig, parseConfig, reloadOver } from "./index.ts";

const text = (changes: { price?: number; tokens?: number; listen?: string; provider?: string; keys?: string } = {}) => `
router: { baselineModel: large }
gateway: { listen: "${changes.listen ?? "127.0.0.1:8080"}" }
budget: { tiers: { enterprise: { tenant: { tokensPerDay: ${changes.tokens ?? 100} } } } }
apiKeys: [${changes.keys ?? ""}]
providers:
  here: { baseUrl: https://api.example.com/v1, keys: [{ env: KEY }] }
  there: { baseUrl: https://api.example.org/v1, keys: [{ env: KEY }] }
models:
  - { id: large, providers: [${changes.provider ?? "here"}], tier: premium, contextWindow: 1000, maxOutputTokens: 100, prices: { input: ${changes.price ?? 1}, output: 2 } }
`;
const parse = (of: string) => parseConfig(of, { environment: {}, folder: tmpdir() });
const reload = (changes: Parameters<typeof text>[0]) => reloadOver(parse(text()), parse(text(changes)));

describe("a changed configuration", () => {
  it("takes prices and limits", () => {
    const { config, held } = reload({ price: 3, tokens: 500 });
    expect(config.models[0]?.prices.input).toBe(3);
    expect(config.budget.tiers.enterprise?.tenant.tokensPerDay?.hard).toBe(500);
    expect(held).toEqual([]);
  });

  it("holds addresses and where models are served until a restart, and names them", () => {
    const { config, held } = reload({ listen: "127.0.0.1:9090", provider: "there", price: 3 });
    expect(config).toEqual(parse(text()));
    expect(held).toEqual(["gateway.listen", "models"]);
  });

  it("takes models that come and go, and holds one that is served elsewhere", () => {
    const small = (provider: string) =>
      `${text()}  - { id: small, providers: [${provider}], tier: economy, contextWindow: 1000, maxOutputTokens: 100, prices: { input: 0, output: 0 } }`;
    const [without, here, there] = [text(), small("here"), small("there")].map(parse) as [Config, Config, Config];
    expect(reloadOver(without, here)).toMatchObject({
      held: [],
      config: { models: [{ id: "large" }, { id: "small" }] },
    });
    expect(reloadOver(here, without)).toMatchObject({ held: [], config: { models: [{ id: "large" }] } });
    expect(reloadOver(here, there).held).toEqual(["models"]);
  });

  it("opens and closes no door: the first key of an installation waits for a restart", () => {
    const key = `{ name: a, sha256: "${"0".repeat(64)}", tenant: acme, budgetTier: enterprise }`;
    expect(reload({ keys: key }).held).toEqual(["apiKeys"]);
    const other = `${key}, { name: b, sha256: "${"1".repeat(64)}", tenant: acme, budgetTier: enterprise }`;
    const { config, held } = reloadOver(parse(text({ keys: key })), parse(text({ keys: other })));
    expect(config.apiKeys).toHaveLength(2);
    expect(held).toEqual([]);
  });
});

it("a configuration is followed as its file changes, behind a symbolic link too, and a broken one is told as such", async () => {
  const folder = mkdtempSync(join(tmpdir(), "switchyard-config-"));
  const link = join(folder, "switchyard.yaml");
  const put = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    symlinkSync(name, join(folder, "next"));
    renameSync(join(folder, "next"), link);
  };
  put("first.yaml", text());
  const seen: Parameters<OnConfig>[0][] = [];
  const following = followConfig({ SWITCHYARD_CONFIG: link }, 20, (change) => seen.push(change));
  put("second.yaml", text({ price: 3 }));
  await expect.poll(() => seen).toHaveLength(1);
  expect(seen[0]).toHaveProperty("config.models.0.prices.input", 3);
  put("third.yaml", `${text()}\nturbo: true`);
  await expect.poll(() => seen).toHaveLength(2);
  expect(seen[1]).toHaveProperty("reason", expect.stringContaining("turbo: unknown field"));
  following[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});
