import type { Classification, Task } from "@switchyard/contracts/vocabulary/routing";
import { describe, expect, it } from "vitest";
import { catalogue, economy, model, policy, premium, prompt, standard } from "../testing/fixtures.ts";
import { decide } from "./decide.ts";
import { Refusal } from "./refusal.ts";
import { noHints } from "./shape.ts";

const judged = (complexity: number, task: Task = "TASK_CHAT"): Classification => ({
  task,
  taskConfidence: 1,
  complexity,
  complexityConfidence: 1,
  language: "en",
  classifierVersion: "test",
});

const idsOf = ({ chain }: ReturnType<typeof decide>) => chain.map(({ model: { id } }) => id);
const words = (count: number) => [
  { role: "ROLE_USER" as const, content: [{ part: { $case: "text" as const, value: "word ".repeat(count) } }] },
];

describe("an auto request", () => {
  it("goes to the cheapest model that is good enough, with the others behind it", () => {
    expect(idsOf(decide(prompt(), judged(0.1), policy))).toEqual(["small", "middle", "large"]);
    expect(idsOf(decide(prompt(), judged(0.6), policy))).toEqual(["middle", "large", "small"]);
    expect(idsOf(decide(prompt(), judged(1), policy))).toEqual(["large", "middle", "small"]);
  });

  it("asks more of a model for reasoning than for putting labels on", () => {
    expect(idsOf(decide(prompt(), judged(0.4, "TASK_CLASSIFICATION"), policy))[0]).toBe("small");
    expect(idsOf(decide(prompt(), judged(0.4, "TASK_REASONING"), policy))[0]).toBe("middle");
  });

  it("goes to an abler model when the classifier is in doubt", () => {
    const doubtful = { ...judged(0.38), taskConfidence: 0 };
    expect(idsOf(decide(prompt(), doubtful, policy))[0]).toBe("middle");
  });

  it("takes the most able model when nothing is known of the prompt", () => {
    expect(idsOf(decide(prompt(), undefined, policy))[0]).toBe("large");
  });

  it("never gives a 32K model a 30K prompt with 4K of output", () => {
    const long = prompt({}, { messages: words(24_000), maxTokens: 4_000 });
    expect(long.inputTokens).toBeGreaterThan(29_000);
    const decision = decide(long, judged(0.1), policy);
    expect(idsOf(decision)).not.toContain("small");
    expect(decision.passedOver).toContainEqual(expect.objectContaining({ model: "small", reason: "context_window" }));
  });

  it("stays inside tier bounds, cost bound, capabilities and sensitivity, and says what it passed over", () => {
    const reasons = (change: object, chat = {}) =>
      decide(prompt({ hints: { ...noHints, ...change } }, chat), judged(0.1), policy).passedOver.map(
        ({ model: id, reason }) => `${id} ${reason}`,
      );
    expect(reasons({ minTier: "TIER_STANDARD" })).toEqual(["small tier_bound"]);
    expect(reasons({ maxTier: "TIER_ECONOMY" })).toEqual(["middle tier_bound", "large tier_bound"]);
    expect(reasons({ maxCostUsdNanos: 700_000n })).toEqual(["large max_cost"]);
    const image = [
      {
        role: "ROLE_USER" as const,
        content: [{ part: { $case: "image" as const, value: { url: "https://x/y.png", detail: "" } } }],
      },
    ];
    expect(reasons({}, { messages: image })).toEqual(["small capability", "middle capability"]);
    expect(() => reasons({ sensitivity: "SENSITIVITY_RESTRICTED" })).toThrow(/no model can take the request/);
  });

  it("follows the quality target of the request", () => {
    const modest = prompt({ hints: { ...noHints, qualityTarget: 0.3 } });
    expect(idsOf(decide(modest, judged(0.6), policy))[0]).toBe("small");
  });

  it("gives the same decision for the same input", () => {
    const twins = { ...policy, catalogue: catalogue(model("b"), model("a"), model("c")) };
    const first = decide(prompt(), judged(0.3), twins);
    expect(idsOf(first)).toEqual(["a", "b", "c"]);
    expect(decide(prompt(), judged(0.3), twins)).toEqual(first);
  });

  it("never goes to an embedding model", () => {
    const embedder = model("vectors", {
      capabilities: new Set(["embeddings"]),
      prices: { input: 1, cachedInput: 1, output: 0 },
    });
    expect(idsOf(decide(prompt(), judged(0.1), { ...policy, catalogue: catalogue(embedder, standard) }))).toEqual([
      "middle",
    ]);
  });
});

describe("a request for a model by name", () => {
  it("goes to that model, then to its fallbacks", () => {
    expect(idsOf(decide(prompt({}, { model: "large" }), undefined, policy))).toEqual(["large", "middle"]);
    expect(idsOf(decide(prompt({}, { model: "small" }), undefined, policy))).toEqual(["small"]);
  });

  it("is refused when the catalogue has no such model", () => {
    expect(() => decide(prompt({}, { model: "nonesuch" }), undefined, policy)).toThrow(
      expect.objectContaining({ reason: "UNKNOWN_MODEL" }),
    );
  });
});

describe("the output bound", () => {
  it("is the caller's, or else the default, at most what the model can write", () => {
    const bound = (chat: object, models = [standard]) =>
      decide(prompt({}, chat), judged(0.1), { ...policy, catalogue: catalogue(...models) }).chain[0].maxOutputTokens;
    expect(bound({ maxTokens: 17 })).toBe(17);
    expect(bound({})).toBe(4_096);
    expect(bound({}, [model("terse", { maxOutputTokens: 1_000 })])).toBe(1_000);
  });
});

it("names every model and its reason when none can answer", () => {
  const refusal = (() => {
    try {
      decide(prompt({}, { maxTokens: 1_000_000 }), judged(0.1), policy);
    } catch (error) {
      return error as Refusal;
    }
    throw new Error("nothing was refused");
  })();
  expect(refusal).toBeInstanceOf(Refusal);
  expect(refusal.reason).toBe("NO_CANDIDATE");
  expect(refusal.details.metadata).toEqual({
    [`model.${economy.id}`]: "context_window",
    [`model.${standard.id}`]: "context_window",
    [`model.${premium.id}`]: "context_window",
  });
});
