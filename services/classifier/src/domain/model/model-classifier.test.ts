import { describe, expect, it } from "vitest";
import { createPromptClassifier } from "../../create-prompt-classifier.ts";
import { describePromptClassifier, promptOf } from "../../prompt-classifier.contract.ts";

describePromptClassifier("the model", createPromptClassifier);

describe("the model", () => {
  const { classify } = createPromptClassifier();

  it.each([
    ["TASK_CHAT", "what should i do if my flatmate never pays on time?"],
    ["TASK_CHAT", "hi"],
    ["TASK_CLASSIFICATION", "Is this review positive or negative? The soup was cold and the waiter rude."],
    ["TASK_EXTRACTION", "Extract all dates and names from this note: Anna met Li on 3 May in Oslo."],
    ["TASK_SUMMARIZATION", "tl;dr of this thread: the release slips by a week because the payment tests still fail."],
    ["TASK_TRANSLATION", "Traduis en anglais : Où est la gare ?"],
    ["TASK_CODE", "def add(a, b):\n    return a - b\n\nwhy is this wrong?"],
    ["TASK_REASONING", "A train leaves at 3 pm going 80 km/h, another at 4 pm going 120 km/h. When do they meet?"],
    ["TASK_WRITING", "Draft a short apology e-mail to a client for the late delivery."],
  ])("takes for %s: %s", (task, text) => {
    expect(classify(promptOf(text)).task).toBe(task);
  });

  it("takes the operator's instructions for what is wanted of a bare text", () => {
    const text = "I can't log in since Monday, it says that my account is locked.";
    const tasked = (system: string) => classify(promptOf(text, { system })).task;
    expect(tasked("Classify the ticket: billing, technical, sales. Answer with the label only.")).toBe(
      "TASK_CLASSIFICATION",
    );
    expect(tasked("Translate the user's text to French. Output only the translation.")).toBe("TASK_TRANSLATION");
  });

  it("leaves a language that it has no data for to the rules and claims little", () => {
    const amharic = classify(promptOf("የአየር ሁኔታው ዛሬ እንዴት ነው? እባክህ ንገረኝ።"));
    expect(amharic.taskConfidence).toBeLessThanOrEqual(0.5);
    expect(amharic.complexityConfidence).toBeLessThanOrEqual(0.5);
  });

  it("claims less of noise than of a plain request", () => {
    const noise = classify(promptOf("zxq vvrt 88 qqp lorem wub wub frob")).taskConfidence;
    expect(noise).toBeLessThan(classify(promptOf("Write a Python function that sorts a list")).taskConfidence);
    expect(noise).toBeLessThan(0.7);
  });

  it("ranks a proof above small talk", () => {
    expect(classify(promptOf("Prove that there are infinitely many primes.")).complexity).toBeGreaterThan(
      classify(promptOf("thanks!")).complexity + 0.2,
    );
  });
});
