import { describe, expect, it } from "vitest";
import { economy, incoming, model, policy, premium, prompt, standard } from "../testing/fixtures.ts";
import { type DecisionPolicy, decide, type Judgement } from "./decide.ts";
import { explain } from "./explain.ts";
import { noHints } from "./shape.ts";

const judgement: Judgement = {
  ...{ task: "TASK_CHAT", taskConfidence: 1, complexity: 0.1, complexityConfidence: 1 },
  ...{ language: "en", classifierVersion: "test" },
};

function explained(own: Partial<DecisionPolicy> = {}, change: Parameters<typeof incoming>[0] = {}, chat = {}) {
  const changed = { ...policy, ...own };
  const asked = prompt(change, chat);
  const steps = {
    admit: () => asked.caller,
    shape: () => asked,
    classify: async () => judgement,
    decide: (one: typeof asked, said: Judgement | undefined) => decide(one, said, changed),
  };
  return explain(incoming(change, chat), { steps, policy: changed, basisOf: () => undefined });
}

const told = async (...given: Parameters<typeof explained>) =>
  (await explained(...given)).alternatives.map(({ choice, place, objection }) => [
    choice.model.id,
    place,
    objection?.reason,
  ]);

describe("an explanation", () => {
  it("tells the chain, then what else could answer, then what could not, with the first reason of each", async () => {
    const small = { ...policy.catalogue, models: [economy, standard, premium, model("tiny", { contextWindow: 10 })] };
    expect(await told({ catalogue: small, maxCandidates: 1 })).toEqual([
      ["small", 1, undefined],
      ["middle", 0, "rank"],
      ["large", 0, "rank"],
      ["tiny", 0, "context_window"],
    ]);
  });

  it("says of a model that is not good enough with what chance it is", async () => {
    const { alternatives } = await explained({ maxCandidates: 2, qualityTarget: 0.96 });
    expect(alternatives.at(-1)?.objection).toEqual({
      reason: "quality",
      detail: "as good as the baseline with a chance of 0.95, below the target",
    });
  });

  it("puts each cost beside the baseline's, and leaves models out of nothing where one was named", async () => {
    const { alternatives, report } = await explained({}, {}, { model: "middle" });
    expect(alternatives.map(({ choice, place }) => [choice.model.id, place])).toEqual([
      ["middle", 1],
      ["small", 0],
      ["large", 0],
    ]);
    expect(alternatives.at(-1)?.costBesideBaseline).toBe(1);
    expect(report.costUsdNanos).toBe(alternatives[0]?.choice.candidate.estimatedCostUsdNanos);
  });

  it("tells what outcomes have added to the chance of a model", async () => {
    const lessons = () => ({ name: "table/t3", shiftOf: (id: string) => (id === "small" ? -2 : 0) });
    const { alternatives, report } = await explained({ lessons });
    const [first, ...others] = alternatives;
    expect(first?.choice.model.id).toBe("middle");
    expect(others.find(({ choice }) => choice.model.id === "small")?.shift).toBeCloseTo(-2, 5);
    expect(report.policyVersion).toBe("table/t3");
  });

  it("tells the wanted chance, the class and the needs of the request", async () => {
    const hints = { ...noHints, qualityTarget: 0.5, sensitivity: "SENSITIVITY_CONFIDENTIAL" as const };
    const { features } = await explained({}, { hints });
    expect(features).toMatchObject({ qualityTarget: 0.5, sensitivity: "SENSITIVITY_CONFIDENTIAL", needs: [] });
    expect(features.inputTokens).toBeGreaterThan(0);
  });
});

describe("what the wording of a prompt gives away", () => {
  const secret = { ...judgement, sensitivity: "SENSITIVITY_RESTRICTED" as const };

  it("raises what the caller said", () => {
    expect(() => decide(prompt(), secret, policy)).toThrow(/may see at most confidential prompts/);
  });

  it("never lowers it", () => {
    const hints = { ...noHints, sensitivity: "SENSITIVITY_CONFIDENTIAL" as const };
    const found = { ...judgement, sensitivity: "SENSITIVITY_PUBLIC" as const };
    expect(decide(prompt({ hints }), found, policy).sensitivity).toBe("SENSITIVITY_CONFIDENTIAL");
  });
});
