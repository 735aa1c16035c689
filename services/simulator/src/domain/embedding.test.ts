import { describe, expect, it } from "vitest";
import { embedText } from "./embedding.ts";

const cosine = (one: string, other: string, dimensions = 512) => {
  const a = embedText(one, dimensions);
  const b = embedText(other, dimensions);
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
};

describe("embedText", () => {
  it("gives unit vectors of the wanted length, the same for the same text", () => {
    for (const dimensions of [1, 8, 1536]) {
      for (const text of ["hello world", "", "!!!", "日本語"]) {
        const vector = embedText(text, dimensions);
        expect(vector).toHaveLength(dimensions);
        expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
        expect(embedText(text, dimensions)).toEqual(vector);
      }
    }
  });

  it("finds like texts alike, and others not", () => {
    const question = "How do I reset my password?";
    const alike = cosine(question, "how can I reset my password");
    const other = cosine(question, "The weather in Lisbon is sunny today");
    expect(alike).toBeGreaterThan(0.7);
    expect(other).toBeLessThan(0.3);
    expect(cosine(question, question)).toBeCloseTo(1, 5);
  });
});
