import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { learnedAppraisal } from "../src/domain/odds/appraise.ts";
import { createOdds } from "../src/domain/odds/odds.ts";
import { decodeWeights } from "../src/domain/odds/weights.ts";
import { catalogue, model, premium, prompt } from "../src/testing/fixtures.ts";
import { learnOutcomes } from "./learn-outcomes.ts";
import { type OutcomeRow, readOutcomes } from "./outcome-rows.ts";
import { seededRandom } from "./random.ts";

const subjects = ["invoice", "parcel", "refund", "password", "printer", "holiday", "contract", "meeting"];

/** Prompts of which a small model can do the greetings and not the proofs, and a large one both. */
function outcomes(count: number): OutcomeRow[] {
  const random = seededRandom(7);
  return Array.from({ length: count }, (_, index) => {
    const isHard = index % 2 === 0;
    const about = `${subjects[index % subjects.length]} ${subjects[(index * 3 + 1) % subjects.length]} ${index}`;
    const flip = (chance: number) => (random() < chance ? 1 : 0);
    return {
      prompt: isHard ? `Prove the theorem about ${about}` : `Greet the customer with the ${about}`,
      source: isHard ? "own/reasoning" : "own/chat",
      models: { small: flip(isHard ? 0.1 : 0.95), large: flip(0.95) },
    };
  });
}

describe("odds from an operator's own outcomes", () => {
  const tierOf = { small: "economy", large: "premium" } as const;
  const learnt = learnOutcomes(outcomes(400), tierOf, ["What a lovely day it is", "Tell me a story of the sea"]);
  const odds = createOdds(decodeWeights(learnt.weights));

  it("foretell outcomes better than the mean of the model does", () => {
    const small = learnt.heads.find(({ name }) => name === "own|small");
    expect(small?.count).toBe(400);
    expect(small?.loss).toBeLessThan(0.7 * (small?.meanLoss ?? 0));
  });

  it("decide by the chance itself, model by model and by tier for those that are new", () => {
    const small = model("small", { tier: "TIER_ECONOMY" });
    const other = model("other", { tier: "TIER_ECONOMY" });
    const appraise = (text: string) => {
      const asked = prompt(
        {},
        { messages: [{ role: "ROLE_USER", content: [{ part: { $case: "text", value: text } }] }] },
      );
      const classification = { task: "TASK_CHAT" as const, taskConfidence: 1, complexity: 0.5 };
      const known = { ...classification, complexityConfidence: 1, language: "en", classifierVersion: "x" };
      return learnedAppraisal(odds)(asked, known, catalogue(small, other, premium));
    };
    // A reading holds until the next one.
    const easy = appraise("Greet the customer with the parcel");
    const easily = [easy(small), easy(other)];
    const hard = appraise("Prove the theorem about a refund");
    expect(easily[0]).toBeGreaterThan(0.8);
    expect(hard(small)).toBeLessThan(0.3);
    expect(easily[1]).toBeGreaterThan(0.7);
    expect(hard(other)).toBeLessThan(0.4);
  });

  it("come out the same from the same outcomes", () => {
    const again = learnOutcomes(outcomes(400), tierOf, ["What a lovely day it is", "Tell me a story of the sea"]);
    expect(Buffer.from(again.weights).equals(Buffer.from(learnt.weights))).toBe(true);
  });

  it("tell no model from its tier that has few outcomes", () => {
    const few = outcomes(60).map((row, index) => ({
      ...row,
      models: index < 20 ? { ...row.models, rare: 1 } : row.models,
    }));
    expect(learnOutcomes(few, tierOf, []).header.heads.map(({ name }) => name)).toEqual([
      ...["own|large", "own|small", "tier|economy", "tier|premium"],
    ]);
  });
});

describe("a log of outcomes", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "switchyard-outcomes-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const read = (...lines: readonly unknown[]) => {
    const path = join(folder, "log.jsonl");
    writeFileSync(path, lines.map((line) => JSON.stringify(line)).join("\n"));
    return readOutcomes(path);
  };

  it("brings the outcomes of a prompt together", () => {
    const rows = read(
      { prompt: "a", model: "small", good: true, task: "chat" },
      { prompt: "a", model: "small", good: false },
      { prompt: "a", model: "large", score: 0.75 },
      { prompt: "b", model: "small", score: 0 },
    );
    expect(rows).toEqual([
      { prompt: "a", source: "own/chat", models: { small: 0.5, large: 0.75 } },
      { prompt: "b", source: "own", models: { small: 0 } },
    ]);
  });

  it("says which line is wrong", () => {
    for (const wrong of [
      {},
      { prompt: "a", model: "m" },
      { prompt: "a", model: "m", score: 2 },
      { model: "m", good: true },
    ]) {
      expect(() => read({ prompt: "a", model: "m", good: true }, wrong)).toThrow(/outcome 2 needs/);
    }
  });
});
