import { describe, expect, it } from "vitest";
import type { LoggedPrompt } from "./log/logged-request.ts";
import { createRepetitionCounter } from "./repetition.ts";

const model = { id: "gpt-4o", isChat: true, prices: { fresh: 2_500, cached: 1_250, output: 10_000 } };
const tokens = { fresh: 100, cached: 0, output: 10 };
const question = "Where is the parcel that I sent to my aunt last week?";
const prompt = (with_: Partial<LoggedPrompt>): LoggedPrompt => ({
  system: "You help customers of a parcel service.",
  earlier: [],
  query: question,
  hasTools: false,
  answer: "text",
  hasImages: false,
  maxTokens: undefined,
  ...with_,
});

function count(prompts: readonly LoggedPrompt[]) {
  const counter = createRepetitionCounter();
  for (const each of prompts) counter.add(each, tokens, model);
  return counter.result();
}

describe("what repeats in a log", () => {
  it("tells repeats from near-duplicates, and what repeats cost", () => {
    const near = prompt({ query: question.replace("last week", "last weak") });
    const { prompts, duplicates } = count([prompt({}), prompt({}), near, prompt({ query: "Thank you!" })]);
    expect(prompts).toBe(4);
    expect(duplicates).toMatchObject({ exact: 1, near: 2, exactCostUsdNanos: 100 * 2_500 + 10 * 10_000 });
  });

  it("does not take the same question in another context for a repeat", () => {
    const contexts = [
      {},
      { system: "" },
      { system: "Be brief." },
      { earlier: ["Hello"] },
      { earlier: ["Hello", "Hi"] },
    ];
    const { duplicates, queries } = count(contexts.map(prompt));
    expect(duplicates).toMatchObject({ exact: 0, near: 0 });
    expect(queries).toMatchObject({ distinct: 1, top: [{ text: question, count: 5, error: 0 }] });
  });

  it("counts the tokens of system prompts that came before, each time but the first", () => {
    const { systemPrompts } = count([prompt({}), prompt({}), prompt({ system: "" }), prompt({})]);
    expect(systemPrompts).toMatchObject({ requests: 3, distinct: 1, repeated: 2 });
    expect(systemPrompts.repeatedTokens).toBeGreaterThan(10);
    expect(systemPrompts.repeatedCostUsdNanos).toBe(systemPrompts.repeatedTokens * 2_500);
  });

  it("shows the beginning of a long text on one line", () => {
    const long = prompt({ query: `First\n\tline ${"and more ".repeat(50)}` });
    const [top] = count([long, long]).queries.top;
    expect(top?.text).toMatch(/^First line and more .*…$/);
    expect(top?.text.length).toBeLessThan(80);
  });
});
