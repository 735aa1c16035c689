import { describe, expect, it } from "vitest";
import { differencesOf, replay } from "./compare.ts";
import { nothingLearned, shifted } from "./lessons.ts";
import { binCount, binOf, type Cell, lessonsOf } from "./tables.ts";

const policy = { patience: 20, maxShift: 3 };

/** Outcomes of a model at a task that was expected to be good with this chance. */
function cell(model: string, good: number, bad: number, prior = 0.95, task: Cell["task"] = "TASK_CHAT"): Cell {
  const counts = Array.from({ length: binCount }, () => 0);
  const scores = [...counts];
  counts[binOf(prior)] = good + bad;
  scores[binOf(prior)] = good;
  return { model, task, counts, scores };
}
const shift = (cells: Cell[], model = "small", task: Cell["task"] = "TASK_CHAT") =>
  lessonsOf("table/t1", cells, "large", policy).shiftOf(model, task);

describe("what outcomes teach", () => {
  it("is nothing without any, and nothing where they are as was expected", () => {
    expect(shift([])).toBe(0);
    expect(Math.abs(shift([cell("small", 95, 5)]))).toBeLessThan(0.01);
  });

  it("is little from few, more from many, and never beyond the bound", () => {
    const [few, many, all] = [
      shift([cell("small", 0, 2)]),
      shift([cell("small", 5, 15)]),
      shift([cell("small", 0, 1e6)]),
    ];
    expect(shifted(0.95, few)).toBeGreaterThan(0.9);
    expect(shifted(0.95, many)).toBeLessThan(0.8);
    expect(all).toBe(-3);
    expect(shift([cell("small", 1e6, 0, 0.05)])).toBe(3);
  });

  it("comes to the rate that was seen", () => {
    const learned = lessonsOf("table/t1", [cell("small", 1_200, 800, 0.85)], "large", policy).shiftOf(
      "small",
      "TASK_CHAT",
    );
    expect(shifted(0.85, learned)).toBeCloseTo(0.6, 1);
  });

  it("holds for other tasks of the model too, though less than for the task itself", () => {
    const cells = [cell("small", 0, 30, 0.95, "TASK_CODE")];
    const [code, chat] = [shift(cells, "small", "TASK_CODE"), shift(cells, "small", "TASK_CHAT")];
    expect(code).toBeLessThan(chat);
    expect(chat).toBeLessThan(-0.3);
    expect(shift(cells, "middle", "TASK_CODE")).toBe(0);
  });

  it("is held against the baseline: where that fails as well, no other is worse for it", () => {
    const both = [cell("small", 0, 30), cell("large", 0, 30)];
    expect(shift(both)).toBeCloseTo(0, 5);
    expect(shift(both, "large")).toBe(0);
    expect(shift([cell("large", 0, 30)])).toBeGreaterThan(0);
  });

  it("leaves a chance where it is without a shift, and within 0 and 1 with any", () => {
    expect(shifted(0.42, 0)).toBe(0.42);
    for (const chance of [0, 0.5, 1]) {
      for (const by of [-6, 6]) {
        expect(shifted(chance, by)).toBeGreaterThan(0);
        expect(shifted(chance, by)).toBeLessThan(1);
      }
    }
  });
});

describe("two versions", () => {
  const before = {
    cells: [cell("small", 10, 0)],
    lessons: lessonsOf("table/t1", [cell("small", 10, 0)], "large", policy),
  };
  const cells = [cell("small", 10, 40), cell("middle", 1, 0)];
  const after = { cells, lessons: lessonsOf("table/t2", cells, "large", policy) };

  it("differ where outcomes have been added, the most first", () => {
    const differences = differencesOf(before, after);
    expect(differences.map(({ model, fromCount, toCount }) => [model, fromCount, toCount])).toEqual([
      ["small", 10, 50],
      ["middle", 0, 1],
    ]);
    expect(differencesOf(after, after)).toEqual([]);
  });

  it("are compared by what they would have decided", () => {
    const chain = [
      { model: "small", prior: 0.95, costUsdNanos: 1 },
      { model: "large", prior: 0.95, costUsdNanos: 100 },
    ];
    const request = {
      requestId: "r",
      tenant: "t",
      model: "small",
      task: "TASK_CHAT" as const,
      prior: 0.95,
      target: 0.9,
      chain,
    };
    const replayed = replay([request, { ...request, target: 0.1 }], nothingLearned, after.lessons);
    expect(replayed).toEqual({ replayed: 2, changed: 1, fromCostUsdNanos: 2, toCostUsdNanos: 101 });
  });
});
