import { estimateTokens } from "@switchyard/text";
import { describe, expect, it } from "vitest";
import type { KeptPrompt, Sample } from "../audit/bill/sample.ts";
import { standInOf } from "./stand-in.ts";

const model = { id: "gpt-4o", isChat: true, prices: { fresh: 1, cached: 1, output: 1 } };
const sample = (with_: Partial<Sample>): Sample => ({
  model,
  tokens: { fresh: 100, cached: 0, output: 20 },
  feature: "",
  taskHint: undefined,
  prompt: undefined,
  ...with_,
});
const prompt = (with_: Partial<KeptPrompt>): KeptPrompt => ({
  system: "",
  query: "Why?",
  earlierTurnCount: 0,
  isCut: false,
  hasTools: false,
  answer: "text",
  hasImages: false,
  maxTokens: undefined,
  ...with_,
});
const textsOf = (of: Sample) =>
  standInOf(of).messages.map(({ role, content }) => [
    role,
    content[0]?.part?.$case === "text" ? content[0].part.value : "",
  ]);
const lengthOf = (of: Sample) => textsOf(of).reduce((sum, [, text = ""]) => sum + estimateTokens(text), 0);

describe("the stand-in for a logged request", () => {
  it("is the prompt itself where it was kept whole, and leaves the model open", () => {
    const chat = standInOf(sample({ prompt: prompt({ system: "Be brief." }) }));
    expect(chat.model).toBe("auto");
    expect(textsOf(sample({ prompt: prompt({ system: "Be brief." }) }))).toEqual([
      ["ROLE_SYSTEM", "Be brief."],
      ["ROLE_USER", "Why?"],
    ]);
  });

  it("has the logged length where the prompt was cut or is not known", () => {
    for (const tokens of [500, 5_000, 100_000]) {
      const of = { tokens: { fresh: tokens - 100, cached: 100, output: 9 } };
      for (const each of [
        sample({ ...of, taskHint: "TASK_CHAT" }),
        sample({ ...of, prompt: prompt({ isCut: true }) }),
      ]) {
        expect(Math.abs(lengthOf(each) - tokens) / tokens).toBeLessThan(0.06);
      }
    }
  });

  it("puts what was left out into the earlier turns, if there were any", () => {
    const texts = textsOf(
      sample({ tokens: { fresh: 1_000, cached: 0, output: 1 }, prompt: prompt({ isCut: true, earlierTurnCount: 3 }) }),
    );
    expect(texts.map(([role]) => role)).toEqual(["ROLE_USER", "ROLE_ASSISTANT", "ROLE_USER", "ROLE_USER"]);
    expect(texts.at(-1)).toEqual(["ROLE_USER", "Why?"]);
    expect(texts[0]?.[1]?.length).toBeGreaterThan(2_000);
  });

  it("needs what the request needed", () => {
    const chat = standInOf(
      sample({ prompt: prompt({ hasTools: true, hasImages: true, answer: "json_schema", maxTokens: 77 }) }),
    );
    expect(chat.tools).toHaveLength(1);
    expect(chat.responseFormat?.format?.$case).toBe("jsonSchema");
    expect(chat.messages.at(-1)?.content.map(({ part }) => part?.$case)).toEqual(["text", "image"]);
    expect(chat.maxTokens).toBe(77);
  });

  it("wants a model that can write as much as was written", () => {
    expect(standInOf(sample({ tokens: { fresh: 1, cached: 0, output: 6_000 } })).maxTokens).toBe(6_000);
    expect(standInOf(sample({})).maxTokens).toBeUndefined();
  });
});
