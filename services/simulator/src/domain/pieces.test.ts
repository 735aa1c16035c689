import { estimateTokens } from "@switchyard/text";
import { describe, expect, it } from "vitest";
import { boundText, cutIntoPieces } from "./pieces.ts";

const text = "Hello, wörld 🌍!\n\n  function f(x) { return x_1 + 42; }\t\n日本語のテキスト";

describe("cutIntoPieces", () => {
  it("loses nothing", () => {
    for (const one of [text, "", "   ", "a", "\n", "supercalifragilisticexpialidocious"]) {
      expect(cutIntoPieces(one).join("")).toBe(one);
    }
  });
});

describe("boundText", () => {
  it("leaves a text alone that fits", () => {
    const { pieces, finishReason, tokens } = boundText(text, ["never"], 1_000);
    expect(pieces.join("")).toBe(text);
    expect(finishReason).toBe("stop");
    expect(tokens).toBe(estimateTokens(text));
  });

  it("ends before the first stop sequence", () => {
    expect(boundText("one two three four", ["four", "three"], 100)).toMatchObject({
      text: "one two ",
      finishReason: "stop",
    });
  });

  it("ends after the tokens that are allowed", () => {
    for (const maxTokens of [1, 2, 5, 12]) {
      const bounded = boundText(text, [], maxTokens);
      expect(bounded.finishReason).toBe("length");
      expect(bounded.tokens).toBe(maxTokens);
      expect(bounded.text.length).toBeGreaterThan(0);
      expect(text.startsWith(bounded.text)).toBe(true);
    }
    expect(estimateTokens(boundText(text, [], 12).text)).toBeLessThanOrEqual(12);
  });
});
