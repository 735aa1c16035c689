import { describe, expect, it } from "vitest";
import { loadOdds } from "../../adapters/file-odds.ts";
import { catalogue, economy, model, premium, prompt, standard } from "../../testing/fixtures.ts";
import { learnedAppraisal } from "./appraise.ts";
import { createOdds } from "./odds.ts";
import { createFeatureReader } from "./prompt-features.ts";
import { structureSize } from "./structure.ts";
import { decodeWeights, encodeWeights, type OddsHeader } from "./weights.ts";

const zeros = (count: number) => Array.from({ length: count }, () => 0);

/** One dimension, one word that counts, two heads, a source each for known and unlike prompts. */
function smallWeights(word: string) {
  const { grams } = createFeatureReader()(word);
  const bucket = grams.ids[0] as number;
  const head = (name: string, weight: number) => {
    return { name, weights: [weight], bias: 0, calibration: [0, 1] as const, mean: 0.5 };
  };
  const header: OddsHeader = {
    format: "switchyard-odds/2",
    version: "odds-test",
    dimensions: 1,
    features: 1,
    wordSteps: [0.1],
    rarityStep: 0.01,
    structure: zeros(structureSize),
    bias: [0],
    heads: [head("tier|economy", -1), head("tier|premium", 1)],
    sources: [
      { name: "exam", weights: [9], bias: 0, scores: [0.4, 0.8] },
      { name: "unlike", weights: [-9], bias: 0, scores: [0.5, 0.5] },
    ],
    unlike: 1,
    tableShare: 0.5,
    ownHeads: [],
    ownShares: [],
    trees: [],
    asGood: [2, 4],
  };
  return encodeWeights(header, Uint32Array.of(bucket), Uint8Array.of(100), Int8Array.of(20));
}

describe("routing odds", () => {
  it("mix what a head says with the mean of the kind of prompt", () => {
    const { chances, unlike } = createOdds(decodeWeights(smallWeights("theorem"))).read("theorem");
    const own = 1 / (1 + Math.exp(-2));
    expect(chances[1]).toBeCloseTo((own + 0.8) / 2, 3);
    expect(chances[0]).toBeCloseTo((1 - own + 0.4) / 2, 3);
    expect(unlike).toBeLessThan(0.01);
  });

  it("weigh a head's own words by its share, and hear the trees where a set has them", () => {
    const weights = decodeWeights(smallWeights("theorem"));
    // The only dimension is the second head's own: 2 for this prompt, 0 for any other. What heads share is left with
    // nothing but its biases: a half by the head, .8 by the table.
    const owned = { ...weights.header, ownHeads: [1], ownShares: [0.25] };
    const mixed = createOdds({ ...weights, header: owned }).read("theorem").chances[1];
    expect(mixed).toBeCloseTo(0.75 * 0.65 + 0.25 * 2, 3);
    const steps = { depth: 1, inputs: [0], thresholds: [1], leaves: [-0.1, 0.1] };
    const trees = [{ heads: [1], pair: [0, 0] as const, means: [0.5], ...steps }];
    const odds = createOdds({ ...weights, header: { ...owned, trees } });
    expect(odds.read("theorem").chances[1]).toBeCloseTo(0.6, 3);
    expect(odds.read("letter").chances[1]).toBeCloseTo(0.4, 3);
  });

  it("say the same of the same prompt, whatever was read before", () => {
    const odds = createOdds(decodeWeights(smallWeights("theorem")));
    const first = [...odds.read("prove the theorem").chances];
    odds.read("a letter to my landlord");
    expect([...odds.read("prove the theorem").chances]).toEqual(first);
  });

  it("read a prompt of any length and any characters as chances", () => {
    const odds = loadOdds();
    for (const text of ["", "\ud83d", "x".repeat(200_000), "A. \nB) \n(C) ".repeat(50), "字".repeat(9_000)]) {
      const { chances, unlike } = odds.read(text);
      expect(chances.every((chance) => chance > 0 && chance < 1)).toBe(true);
      expect(unlike).toBeGreaterThanOrEqual(0);
    }
  });

  it("give a model that is likelier right a better chance of being as good", () => {
    const odds = loadOdds();
    expect(odds.asGoodAs(0.8, 0.8)).toBeGreaterThan(odds.asGoodAs(0.5, 0.8));
  });

  it("refuse files that are something else or cut short", () => {
    const file = smallWeights("theorem");
    expect(() => decodeWeights(file.subarray(0, file.length - 1))).toThrow(TypeError);
    expect(() => decodeWeights(Uint8Array.of(1, 2, 3))).toThrow(TypeError);
  });

  it("read weights that lie in the middle of a larger buffer", () => {
    const file = smallWeights("theorem");
    const around = new Uint8Array(file.length + 20);
    around.set(file, 7);
    expect(decodeWeights(around.subarray(7, 7 + file.length)).words[0]).toBe(20);
  });
});

describe("the shipped odds", () => {
  it("tell a letter from what was measured, and an exam question from a letter", () => {
    const odds = loadOdds();
    const exam = "Find the degree of the extension Q(sqrt(2)) over Q.\nA. 0\nB. 4\nC. 2\nD. 6\nAnswer:";
    const letter = "Write a warm letter to my neighbours that invites them to our summer party in the garden.";
    expect(odds.read(exam).unlike).toBeLessThan(0.2);
    expect(odds.read(letter).unlike).toBeGreaterThan(0.5);
  });
});

describe("the learned appraisal", () => {
  const classification = {
    ...{ task: "TASK_REASONING" as const, taskConfidence: 1, complexity: 0.5, complexityConfidence: 1 },
    ...{ language: "en", classifierVersion: "rules/1" },
  };
  const asking = (text: string) =>
    prompt({}, { messages: [{ role: "ROLE_USER", content: [{ part: { $case: "text", value: text } }] }] });

  it("gives a model that was never measured the odds of its tier, better where it costs more", () => {
    const dear = model("dear", { tier: "TIER_ECONOMY", prices: { input: 90, cachedInput: 90, output: 90 } });
    const models = catalogue(economy, dear, standard, premium);
    const appraise = learnedAppraisal(createOdds(decodeWeights(smallWeights("theorem"))));
    const adequacyOf = appraise(asking("theorem"), classification, models);
    expect(adequacyOf(economy)).toBeLessThan(adequacyOf(dear));
    expect(adequacyOf(dear)).toBeLessThan(adequacyOf(premium));
  });

  it("goes by task and complexity where a prompt is unlike all that was measured", () => {
    const models = catalogue(economy, standard, premium);
    const file = smallWeights("theorem");
    const weights = decodeWeights(file);
    const header = { ...weights.header, sources: weights.header.sources.map((one) => ({ ...one, weights: [0] })) };
    const [exam, unlike] = header.sources;
    const far = { ...header, sources: [{ ...exam, bias: -50 }, unlike] as OddsHeader["sources"] };
    const adequacyOf = learnedAppraisal(createOdds({ ...weights, header: far }))(
      asking("hello"),
      classification,
      models,
    );
    expect(adequacyOf(economy)).toBeCloseTo(0.95 - 0.3 * 2, 5);
  });
});
