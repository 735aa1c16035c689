import { guessLanguage } from "@switchyard/text";
import { describe, expect, it } from "vitest";
import { describePromptClassifier, promptOf } from "../prompt-classifier.contract.ts";
import { rulesClassifier } from "./classify.ts";

describePromptClassifier("the rules", () => rulesClassifier(guessLanguage));

const { classify } = rulesClassifier(guessLanguage);

const examples: [task: string, text: string][] = [
  ["CHAT", "What should I cook tonight with leeks and eggs?"],
  ["CHAT", "hello there"],
  ["CHAT", "Why do cats purr?"],
  ["CHAT", "Give me some ideas for a farewell present for a colleague"],
  ["CLASSIFICATION", "Classify the sentiment of this review as positive, negative or neutral: the soup was cold."],
  [
    "CLASSIFICATION",
    "Which category does this ticket belong to: billing, technical or sales?\n\nMy card was charged twice.",
  ],
  ["EXTRACTION", "Extract all company names and dates from this text:\nIn May 2021 Orbis bought Lantern Ltd."],
  [
    "EXTRACTION",
    "According to the following article, who signed the treaty?\n\nThe treaty was signed by the two ministers in Oslo after a week of talks that neither side had expected to end so soon.",
  ],
  ["SUMMARIZATION", "Summarize the following meeting notes in three bullet points:\nThe pump failed twice."],
  ["SUMMARIZATION", "TL;DR please: the committee met on Monday and could not agree on anything."],
  ["TRANSLATION", "Translate into German: The train leaves at nine."],
  ["TRANSLATION", "Übersetze bitte ins Englische: Der Zug fährt um neun."],
  ["CODE", "Write a Python function that reverses the words of a sentence."],
  ["CODE", "Why does this fail?\n```js\nconst a = [1, 2];\na.forEach(x => { consol.log(x); });\n```"],
  [
    "REASONING",
    "A tank holds 240 litres and drains at 8 litres a minute. How many minutes until it is a quarter full?",
  ],
  ["REASONING", "Prove that $\\sqrt{2}$ is irrational."],
  ["WRITING", "Write a short story about a lighthouse keeper who is afraid of the dark."],
  ["WRITING", "Please rewrite this e-mail so that it sounds friendlier: Send me the file now."],
];

describe("the rules", () => {
  it.each(examples)("find %s in: %s", (task, text) => {
    expect(classify(promptOf(text)).task).toBe(`TASK_${task}`);
  });

  it("find the task in the operator's instructions where the user's turn is only material", () => {
    const system = "You triage tickets. Classify each message by department: billing, technical, other.";
    expect(classify(promptOf("The app shows a blank page since Monday.", { system })).task).toBe("TASK_CLASSIFICATION");
  });

  it("go by what is asked around a given text, not by its words", () => {
    const material = "The poet wrote an essay and a letter about the equation, and classified his poems. ".repeat(40);
    expect(classify(promptOf(`Translate into Italian:\n\n${material}`)).task).toBe("TASK_TRANSLATION");
    expect(classify(promptOf(`${material}\n\nTranslate this into Italian.`)).task).toBe("TASK_TRANSLATION");
  });

  it("are surer of a plain order than of a few words", () => {
    const plain = classify(promptOf("Translate this sentence from English into Dutch: I am late."));
    const vague = classify(promptOf("the blue one, as before"));
    expect(plain.taskConfidence).toBeGreaterThan(0.9);
    expect(vague.taskConfidence).toBeLessThan(0.75);
  });

  it("name themselves and the language", () => {
    expect(classify(promptOf("Pouvez-vous me dire quelle est la capitale de la Norvège ?"))).toMatchObject({
      language: "fr",
      classifierVersion: "rules/1",
    });
  });
});
