import { describe, expect, it } from "vitest";
import { otherWords } from "./prompts/other-words.ts";
import { seededRandom } from "./seeded-random.ts";
import { createWorkload, type DemoRequest, promptCount } from "./workload.ts";

const firstWords = new Map(Object.entries(otherWords).map(([text, reworded]) => [reworded, text]));
/** What is asked, whatever the words. */
const contentOf = ({ prompt }: DemoRequest) =>
  JSON.stringify({ ...prompt, text: firstWords.get(prompt.text) ?? prompt.text });
const workload = createWorkload(300, seededRandom(1));

describe("the workload", () => {
  it("has some 170 to 190 different prompts and over a third of repeats in 300 requests", () => {
    expect(workload).toHaveLength(300);
    const different = new Set(workload.map(contentOf)).size;
    expect(different).toBeGreaterThanOrEqual(170);
    expect(different).toBeLessThanOrEqual(190);
    expect(workload.filter(({ isRepeat }) => isRepeat)).toHaveLength(300 - different);
  });

  it("marks exactly the requests that came before as repeats, and spreads them", () => {
    const lastSeen = new Map<string, number>();
    let inFirstHalf = 0;
    for (const [index, request] of workload.entries()) {
      expect(request.isRepeat).toBe(lastSeen.has(contentOf(request)));
      if (request.isRepeat && index < 150) inFirstHalf++;
      if (!lastSeen.has(contentOf(request))) lastSeen.set(contentOf(request), index);
      else expect(index - (lastSeen.get(contentOf(request)) ?? 0)).toBeGreaterThanOrEqual(24);
    }
    expect(inFirstHalf).toBeGreaterThan(20);
  });

  it("repeats a request as it was, whoever asks", () => {
    const first = new Map<string, DemoRequest>();
    for (const request of workload) {
      const before = first.get(contentOf(request));
      const { user, isReworded, prompt } = request;
      if (before) expect(request).toEqual({ ...before, prompt, user, isReworded, isRepeat: true });
      else first.set(contentOf(request), request);
    }
  });

  it("repeats some in other words, and says so", () => {
    const reworded = workload.filter(({ isReworded }) => isReworded);
    expect(reworded.length).toBeGreaterThanOrEqual(5);
    expect(reworded.every(({ isRepeat, prompt }) => isRepeat && firstWords.has(prompt.text))).toBe(true);
    expect(workload.filter(({ prompt }) => firstWords.has(prompt.text))).toEqual(reworded);
  });

  it("has every task, streams, JSON, system prompts, earlier turns and several users", () => {
    expect(new Set(workload.map(({ task }) => task)).size).toBe(8);
    expect(new Set(workload.map(({ user }) => user)).size).toBeGreaterThan(5);
    for (const is of [
      ({ isStreamed }: DemoRequest) => isStreamed,
      ({ prompt }: DemoRequest) => prompt.json === true,
      ({ prompt }: DemoRequest) => prompt.system !== undefined,
      ({ prompt }: DemoRequest) => prompt.earlier !== undefined,
    ]) {
      expect(workload.filter(is).length).toBeGreaterThan(5);
    }
  });

  it("asks for JSON only where the word stands in the prompt, as providers demand", () => {
    for (const { prompt } of workload) {
      if (prompt.json) expect(`${prompt.system ?? ""} ${prompt.text}`).toMatch(/JSON/);
    }
  });

  it("has earlier turns in pairs, the user first", () => {
    for (const { prompt } of workload) expect((prompt.earlier?.length ?? 0) % 2).toBe(0);
  });

  it("is the same for the same seed, and has any length", () => {
    expect(createWorkload(300, seededRandom(1))).toEqual(workload);
    for (const length of [1, 2, 30, promptCount, 1_000]) {
      expect(createWorkload(length, seededRandom(7)), String(length)).toHaveLength(length);
    }
  });

  it("holds no prompt twice", () => {
    expect(new Set(createWorkload(2_000, seededRandom(3)).map(contentOf)).size).toBe(promptCount);
  });
});
