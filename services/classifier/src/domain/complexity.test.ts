import { describe, expect, it } from "vitest";
import type { Prompt } from "../ports.ts";
import { promptOf } from "../prompt-classifier.contract.ts";
import { rulesClassifier } from "./classify.ts";

const { classify } = rulesClassifier(() => "und");
const complexity = (text: string, rest: Partial<Prompt> = {}) => classify(promptOf(text, rest)).complexity;

describe("complexity", () => {
  it("is next to nothing for small talk", () => {
    expect(complexity("thanks!")).toBeLessThan(0.1);
    expect(complexity("")).toBeLessThan(0.1);
  });

  it("rises from a label over a letter to a proof", () => {
    const label = complexity("Is this spam? Answer yes or no: you won a prize");
    const letter = complexity("Write a short e-mail to my landlord about the broken boiler.");
    const proof = complexity(
      "Prove by induction that the determinant of the $n \\times n$ matrix with $a_{ij} = \\min(i, j)$ is $1$, then derive its inverse and justify each step.",
    );
    expect(label).toBeLessThan(letter);
    expect(letter).toBeLessThan(proof);
    expect(proof).toBeGreaterThan(0.7);
  });

  it("rises with what is demanded", () => {
    const plain = "Write a blog post about tea.";
    const demanding = `${plain} It must be at most 400 words, include a table, avoid jargon, and compare three regions, then evaluate the trade-offs. Make sure that the tone is calm.`;
    expect(complexity(demanding)).toBeGreaterThan(complexity(plain) + 0.1);
  });

  it("rises with the length of the given text, the turns before and the tools", () => {
    const text = "Summarize this report: ";
    const plain = complexity(text);
    expect(complexity(text + "The quarter went as planned. ".repeat(200))).toBeGreaterThan(plain);
    expect(complexity(text, { earlierTurnCount: 10 })).toBeGreaterThan(plain);
    expect(complexity(text, { hasTools: true })).toBeGreaterThan(plain);
  });

  it("says honestly that it does not know much", () => {
    expect(classify(promptOf("Compare two mortgages for me.")).complexityConfidence).toBeLessThan(0.6);
  });
});
