import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError, parseConfig } from "./index.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "switchyard-catalogue-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const large =
  "{ id: large, providers: [one], tier: premium, contextWindow: 9000, maxOutputTokens: 900, prices: { input: 5, output: 9 } }";
const common = "providers: [one], contextWindow: 8000, maxOutputTokens: 800";

function models(file: string, rules: string, and = `[${large}]`) {
  writeFileSync(join(folder, "models.yaml"), file);
  const text = `
router: { baselineModel: large }
providers: { one: { baseUrl: "http://localhost", keys: [{ env: KEY }] } }
models: { file: models.yaml, rules: ${rules}, and: ${and} }
`;
  return parseConfig(text, { environment: {}, folder }).models;
}

describe("a catalogue in a file of its own", () => {
  it("gives the ids that a provider answers what the rules say of them, and leaves the others out", () => {
    const answer = {
      object: "list",
      data: [{ id: "gpt-4o-mini", owned_by: "x" }, { id: "gpt-4o" }, { id: "whisper-1" }],
    };
    const rules = `[
      { match: "*-mini", set: { tier: economy, prices: { input: 0.15, output: 0.6 } } },
      { match: "gpt-*", set: { ${common}, tier: premium, prices: { input: 2.5, output: 10 } } } ]`;
    const read = models(JSON.stringify(answer), rules);
    expect(read.map(({ id, tier, prices }) => [id, tier, prices.input])).toEqual([
      ["gpt-4o-mini", "economy", 0.15],
      ["gpt-4o", "premium", 2.5],
      ["large", "premium", 5],
    ]);
    expect(read[0]?.contextWindow).toBe(8_000);
  });

  it("lets what the file says of a model stand over the rules, and the configuration over the file", () => {
    const file = `
- { id: a, tier: standard, prices: { input: 1, output: 2 } }
- { id: large, tier: economy, prices: { input: 0, output: 0 } }
- b`;
    const read = models(file, `[{ match: "*", set: { ${common}, tier: economy, prices: { input: 3, output: 4 } } }]`);
    expect(read.map(({ id, tier, prices }) => [id, tier, prices.input])).toEqual([
      ["a", "standard", 1],
      ["b", "economy", 3],
      ["large", "premium", 5],
    ]);
  });

  it("holds hundreds of models", () => {
    const ids = Array.from({ length: 200 }, (_, index) => `vendor/model-${index}`);
    const rules = `[{ match: "vendor/*", set: { ${common}, tier: standard, prices: { input: 1, output: 2 } } }]`;
    expect(models(JSON.stringify(ids), rules)).toHaveLength(201);
  });

  it("matches ids by what stands around the stars", () => {
    const matches = (pattern: string, ids: readonly string[]) =>
      models(
        JSON.stringify(ids),
        `[{ match: "${pattern}", set: { ${common}, tier: economy, prices: { input: 1, output: 1 } } }]`,
      ).flatMap(({ id }) => (id === "large" ? [] : [id]));
    expect(matches("a*c*e", ["abcde", "ace", "acd", "xace", "ae"])).toEqual(["abcde", "ace"]);
    expect(matches("aa*aa", ["aaa", "aaaa"])).toEqual(["aaaa"]);
    expect(matches("exact", ["exact", "exactly"])).toEqual(["exact"]);
  });

  it("says what is wrong and where", () => {
    const wrong = (work: () => unknown) => {
      try {
        work();
      } catch (error) {
        return error instanceof ConfigError ? error.message : String(error);
      }
      return "";
    };
    expect(wrong(() => models("just text", "[]"))).toContain("models.file: cannot be read: it is no list of models");
    expect(wrong(() => models("- a", "[]"))).toContain("models.0.providers");
    expect(wrong(() => models("- a", "[{ match: a, sets: {} }]"))).toContain("models.rules.0");
  });
});
