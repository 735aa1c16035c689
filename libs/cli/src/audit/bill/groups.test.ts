import { describe, expect, it } from "vitest";
import type { LoggedPrompt, LoggedRequest } from "../log/logged-request.ts";
import { seededRandom } from "../sketches/seeded-random.ts";
import { createGroups, otherFeatures } from "./groups.ts";
import { guessTask } from "./guess-task.ts";

const model = { id: "gpt-4o", isChat: true, prices: { fresh: 2_500, cached: 1_250, output: 10_000 } };
const request = (with_: Partial<LoggedRequest>): LoggedRequest => ({
  modelNames: ["gpt-4o"],
  tokens: { fresh: 100, cached: 10, output: 20 },
  isEstimated: false,
  feature: "a",
  task: "TASK_CODE",
  stakes: undefined,
  prompt: undefined,
  ...with_,
});
const prompt = (query: string, system = ""): LoggedPrompt => ({
  system,
  earlier: [],
  query,
  hasTools: false,
  answer: "text",
  hasImages: false,
  maxTokens: undefined,
});
const newGroups = (sampleSize = 3) =>
  createGroups({ sampleSize, random: seededRandom(1), stakesOf: new Map([["b", "high"]]) });

describe("groups of requests", () => {
  it("add up exactly and keep a bounded sample", () => {
    const groups = newGroups();
    for (let index = 0; index < 1_000; index++) groups.add(request({}), model);
    const [group, ...others] = groups.all();
    expect(others).toEqual([]);
    expect(group).toMatchObject({
      requests: 1_000,
      tokens: { fresh: 100_000, cached: 10_000, output: 20_000 },
      costUsdNanos: 1_000 * (100 * 2_500 + 10 * 1_250 + 20 * 10_000),
    });
    expect(group?.samples).toHaveLength(3);
  });

  it("are apart by feature, stakes and task; the log's stakes go before those of the options", () => {
    const groups = newGroups();
    groups.add(request({}), model);
    groups.add(request({ feature: "b" }), model);
    groups.add(request({ feature: "b", stakes: "low" }), model);
    groups.add(request({ task: "TASK_CHAT" }), model);
    expect(groups.all().map(({ feature, stakes, task }) => [feature, stakes, task])).toEqual([
      ["a", "medium", "TASK_CODE"],
      ["b", "high", "TASK_CODE"],
      ["b", "low", "TASK_CODE"],
      ["a", "medium", "TASK_CHAT"],
    ]);
  });

  it("stay bounded whatever features a log makes up", () => {
    const groups = newGroups();
    for (let index = 0; index < 5_000; index++) groups.add(request({ feature: `made up ${index}` }), model);
    expect(groups.all().length).toBeLessThan(140);
    expect(groups.hasOverflown()).toBe(true);
    expect(groups.all().find(({ feature }) => feature === otherFeatures)?.requests).toBeGreaterThan(4_800);
    expect(groups.all().reduce((sum, { requests }) => sum + requests, 0)).toBe(5_000);
  });

  it("keep long prompts short, and tell the platform a task only where it cannot see one", () => {
    const groups = newGroups();
    groups.add(request({ task: undefined, prompt: prompt("x".repeat(100_000)) }), model);
    groups.add(request({ task: undefined, tokens: { fresh: 9_000, cached: 0, output: 300 } }), model);
    groups.add(request({ task: "TASK_WRITING", prompt: prompt("Write.") }), model);
    const samples = groups.all().flatMap((group) => group.samples);
    expect(samples.map(({ taskHint }) => taskHint)).toEqual([undefined, "TASK_SUMMARIZATION", "TASK_WRITING"]);
    expect(samples[0]?.prompt?.query.length).toBeLessThan(5_200);
    expect(samples[0]?.prompt?.isCut).toBe(true);
  });
});

describe("the guess of a task", () => {
  const tokens = { fresh: 100, cached: 0, output: 100 };

  it.each([
    ["Translate into French: good morning.", "TASK_TRANSLATION"],
    ["Summarise this report.", "TASK_SUMMARIZATION"],
    ["Classify the sentiment of: I like it.", "TASK_CLASSIFICATION"],
    ["Extract all dates.", "TASK_EXTRACTION"],
    ["Why does this Python code fail?", "TASK_CODE"],
    ["Write a poem.", "TASK_WRITING"],
    ["How many apples are left?", "TASK_REASONING"],
    ["Hello!", "TASK_CHAT"],
  ])("takes %j for %s", (query, task) => {
    expect(guessTask(prompt(query), tokens)).toBe(task);
  });

  it("reads the instructions where the user's turn tells nothing", () => {
    expect(guessTask(prompt("Good morning.", "Translate what the user says."), tokens)).toBe("TASK_TRANSLATION");
  });

  it.each([
    [2_000, 5, "TASK_CLASSIFICATION"],
    [2_000, 100, "TASK_EXTRACTION"],
    [4_000, 300, "TASK_SUMMARIZATION"],
    [200, 900, "TASK_WRITING"],
    [200, 100, "TASK_CHAT"],
  ])("takes %i tokens in and %i out for %s where there is no prompt", (fresh, output, task) => {
    expect(guessTask(undefined, { fresh, cached: 0, output })).toBe(task);
  });
});
