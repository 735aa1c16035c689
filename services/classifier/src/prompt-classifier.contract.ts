import { describe, expect, it } from "vitest";
import type { Prompt, PromptClassifier } from "./ports.ts";

/** A prompt of the given text, with nothing else said. */
export const promptOf = (text: string, rest: Partial<Prompt> = {}): Prompt => ({
  system: "",
  text,
  earlierTurnCount: 0,
  hasTools: false,
  wantsJson: false,
  ...rest,
});

/** What every prompt classifier promises; register it in a test file of each. */
export function describePromptClassifier(name: string, create: () => PromptClassifier): void {
  describe(`${name} as a prompt classifier`, () => {
    const longRuns = [
      "a",
      " ",
      "\n",
      "(",
      "$",
      "[1,",
      "- a\n",
      "{'",
      "first ",
      "```\n",
      "A: b\n",
      "is it ",
      '"',
      "字",
      "🙂",
    ];

    it.each([
      ["nothing", promptOf("")],
      ["blanks", promptOf(" \n\t ")],
      ["a system prompt alone", promptOf("", { system: "Classify each message as spam or ham." })],
      ["half of a surrogate pair", promptOf("\ud83d")],
      ["control characters", promptOf("\u0000\u0001\u001b[31m")],
      ["many earlier turns", promptOf("And now?", { earlierTurnCount: 2_147_483_647 })],
      ["tools and JSON", promptOf("Book the 9:40 to Lyon", { hasTools: true, wantsJson: true })],
      ...longRuns.map((run): [string, Prompt] => [
        `a megabyte of ${JSON.stringify(run)}`,
        promptOf(run.repeat(1_000_000 / run.length), { system: run.repeat(10_000) }),
      ]),
    ])("judges %s", (_name, prompt) => {
      const judgement = create().classify(prompt);
      expect(judgement.task).toMatch(/^TASK_(?!UNSPECIFIED)/);
      for (const share of [judgement.taskConfidence, judgement.complexity, judgement.complexityConfidence]) {
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
      }
      expect(judgement.language).toMatch(/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/);
      expect(judgement.classifierVersion).not.toBe("");
    });

    it("judges the same prompt in the same way", () => {
      const classifier = create();
      const prompt = promptOf("Summarize these notes in two sentences: the pump failed twice, the spare is in Oslo.");
      const first = classifier.classify(prompt);
      classifier.classify(promptOf("Write a haiku about rain."));
      expect(classifier.classify(prompt)).toEqual(first);
      expect(create().classify(prompt)).toEqual(first);
    });

    it("leaves the middle of a long text out", () => {
      const around = (middle: string) =>
        promptOf(`Translate into French:\n${"word ".repeat(4_000)}${middle}${" word".repeat(2_000)}`);
      const classifier = create();
      expect(classifier.classify(around("Write a Python function."))).toEqual(
        classifier.classify(around("Compose a new short poem")),
      );
    });
  });
}
