import { describe, expect, it } from "vitest";
import { prompt } from "../testing/fixtures.ts";

const text = (value: string) => [{ part: { $case: "text" as const, value } }];

describe("a shaped prompt", () => {
  it("finds the last user turn and the operator's instructions", () => {
    const shaped = prompt(
      {},
      {
        messages: [
          { role: "ROLE_SYSTEM", content: text("Be brief.") },
          { role: "ROLE_USER", content: text("First question") },
          { role: "ROLE_ASSISTANT", content: text("First answer") },
          { role: "ROLE_DEVELOPER", content: text("And kind.") },
          { role: "ROLE_USER", content: [...text("Second "), ...text("question")] },
        ],
      },
    );
    expect(shaped.userText).toBe("Second question");
    expect(shaped.systemText).toBe("Be brief.\nAnd kind.");
  });

  it("counts everything that the provider counts as input", () => {
    const count = (chat: object) => prompt({}, chat).inputTokens;
    const base = count({});
    expect(count({ tools: [{ name: "f", description: "d".repeat(400), parametersJson: "" }] })).toBeGreaterThan(
      base + 100,
    );
    const schema = { format: { $case: "jsonSchema" as const, value: { name: "s", schemaJson: "x".repeat(400) } } };
    expect(count({ responseFormat: schema })).toBeGreaterThanOrEqual(base + 100);
    const image = { part: { $case: "image" as const, value: { url: "https://x/y.png", detail: "" } } };
    expect(count({ messages: [{ role: "ROLE_USER", content: [image] }] })).toBeGreaterThan(765);
  });

  it("knows what a model must be able to do", () => {
    const image = { part: { $case: "image" as const, value: { url: "data:image/png;base64,AA==", detail: "" } } };
    const shaped = prompt(
      {},
      {
        messages: [{ role: "ROLE_USER", content: [image] }],
        tools: [{ name: "f" }],
        responseFormat: { format: { $case: "jsonSchema", value: { name: "s" } } },
      },
    );
    expect(shaped.needs).toEqual(["tools", "json_schema", "vision"]);
    expect(prompt({}, { responseFormat: { format: { $case: "jsonObject", value: {} } } }).needs).toEqual([]);
  });

  it("scopes stored answers of auto requests by the bounds on the choice, and those of named models by nothing more", () => {
    const hints = prompt().hints;
    const scope = (change: object, model = "auto") => prompt({ hints: { ...hints, ...change } }, { model }).cacheScope;
    expect(scope({ minTier: "TIER_PREMIUM" })).not.toBe(scope({}));
    expect(scope({ qualityTarget: 0.5 })).not.toBe(scope({ qualityTarget: 0.9 }));
    expect(scope({ minTier: "TIER_PREMIUM" }, "gpt-4o")).toBe("");
  });
});
