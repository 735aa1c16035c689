import { describe, expect, it } from "vitest";
import { cosine, createEmbedder, loadEmbedder } from "./embedder.ts";

const embedder = loadEmbedder();
const similarity = (a: string, b: string) => cosine(embedder.embed(a), embedder.embed(b));

describe("the embedder", () => {
  it("gives vectors of length one, the same for the same text", () => {
    const vector = embedder.embed("How do I reset my password?");
    expect(vector).toHaveLength(embedder.dimensions);
    expect(cosine(vector, vector)).toBeCloseTo(1, 5);
    expect(embedder.embed("How do I reset my password?")).toEqual(vector);
  });

  it("gives zeros for a text without words", () => {
    expect(embedder.embed("").every((value) => value === 0)).toBe(true);
  });

  it("sees a wording as nearer than another question", () => {
    const asked = "What is the best way to lose weight?";
    expect(similarity(asked, "How can I reduce my weight?")).toBeGreaterThan(
      similarity(asked, "What is the best way to cook rice?"),
    );
  });

  it("keeps a text near to itself with a slip of the pen", () => {
    expect(similarity("Where can I find my tax documents?", "Where can I find my tax docuemnts?")).toBeGreaterThan(0.7);
  });

  it("has its weights' version, and takes no weights of another length", () => {
    expect(embedder.version).toMatch(/^e[0-9a-f]{15}$/);
    expect(() => createEmbedder(new Uint8Array(100))).toThrow(RangeError);
  });

  it("reads weights from any part of a buffer", async () => {
    const { readFileSync } = await import("node:fs");
    const file = readFileSync(new URL("./embedder.weights.bin", import.meta.url));
    const shifted = Buffer.concat([Buffer.alloc(3), file]).subarray(3);
    expect(createEmbedder(shifted).embed("a question")).toEqual(embedder.embed("a question"));
  });

  it("looks at both ends of a text without end", () => {
    const long = `Which plan is cheapest? ${"filler words follow here ".repeat(50_000)} Which plan is cheapest?`;
    expect(cosine(embedder.embed(long), embedder.embed(long))).toBeCloseTo(1, 4);
  });
});
