import { describe, expect, it } from "vitest";
import { createVerifier, shippedVerifierWeights } from "./index.ts";

const verifier = createVerifier(shippedVerifierWeights);
const verdict = (stored: string, asked: string, cosine: number) =>
  verifier.verify(verifier.prepare(stored), verifier.prepare(asked), cosine);
const isHit = (stored: string, asked: string, cosine: number, budget = 0.01) => {
  const { probability, veto } = verdict(stored, asked, cosine);
  return veto === undefined && probability >= verifier.threshold(budget);
};

describe("the verifier that ships", () => {
  it("serves the same words, and the same question in another manner", () => {
    expect(isHit("How do I reset my password?", "how do i reset my password", 1)).toBe(true);
    expect(isHit("How do I reset my password?", "Please tell me how I can reset my password", 1)).toBe(true);
  });

  it("serves no near-twin, however near its vector", () => {
    expect(isHit("How do I reset my password?", "How do I change my username?", 0.99)).toBe(false);
    expect(isHit("Transfer 100 dollars to Anna", "Transfer 1000 dollars to Anna", 0.999)).toBe(false);
    expect(isHit("Is it safe to take it?", "Is it not safe to take it?", 0.999)).toBe(false);
  });

  it("gives the same verdict whichever prompt was stored", () => {
    const [a, b] = ["Where can I buy a used bicycle?", "What is a good place to buy a second-hand bike?"];
    expect(verdict(a, b, 0.7).probability).toBeCloseTo(verdict(b, a, 0.7).probability, 6);
  });

  it("says the same where it need not say why not", () => {
    const likelihood = (a: string, b: string) => verifier.likelihood(verifier.prepare(a), verifier.prepare(b), 0.9);
    expect(likelihood("Where can I buy a bike?", "Where do I buy a bike?")).toBe(
      verdict("Where can I buy a bike?", "Where do I buy a bike?", 0.9).probability,
    );
    expect(likelihood("Transfer 100 dollars to Anna", "Transfer 1000 dollars to Anna")).toBeUndefined();
  });

  it("never thinks less of a pair for a greater cosine", () => {
    let before = 0;
    for (let cosine = 0; cosine <= 1; cosine += 0.05) {
      const { probability } = verdict("How can I lose weight?", "How do I lose weight quickly?", cosine);
      expect(probability).toBeGreaterThanOrEqual(before);
      before = probability;
    }
  });

  it("asks for more where the budget is smaller, of the cosine too", () => {
    expect(verifier.threshold(0.001)).toBeGreaterThanOrEqual(verifier.threshold(0.01));
    expect(verifier.threshold(0.01)).toBeGreaterThanOrEqual(verifier.threshold(0.05));
    expect(verifier.cosineThreshold(0.01)).toBeGreaterThan(verifier.cosineThreshold(0.1));
  });

  it("takes empty, foreign and endless texts", () => {
    expect(verdict("", "", 0).veto).toBeUndefined();
    expect(verdict("如何重置密码", "如何重置密码", 1).veto).toBeUndefined();
    expect(verdict("x ".repeat(100_000), "x ".repeat(100_000), 1).veto).toBe("length");
  });

  it("refuses weights of other features", () => {
    expect(() => createVerifier({ ...shippedVerifierWeights, features: ["cosine"] })).toThrow(RangeError);
  });
});
