import { describe, expect, it } from "vitest";
import { fakeClock } from "../../testing/fixtures.ts";
import { seeded } from "../../testing/seeded.ts";
import { rollingCounts } from "./rolling-counts.ts";

describe("counts over a rolling window", () => {
  it("tell kinds apart", () => {
    const counts = rollingCounts(2, 1_000, () => 0);
    counts.add(0);
    counts.add(1);
    counts.add(1);
    expect([counts.sum(0), counts.sum(1)]).toEqual([1, 2]);
  });

  it("forget slice by slice, a tenth of the window too early at most", () => {
    const clock = fakeClock();
    const counts = rollingCounts(1, 1_000, clock.now);
    counts.add(0);
    clock.advance(550);
    counts.add(0);
    clock.advance(349);
    expect(counts.sum(0)).toBe(2);
    clock.advance(101);
    expect(counts.sum(0)).toBe(1);
    clock.advance(399);
    expect(counts.sum(0)).toBe(1);
    clock.advance(101);
    expect(counts.sum(0)).toBe(0);
  });

  it("forget everything after an idle time that is longer than the window", () => {
    const clock = fakeClock();
    const counts = rollingCounts(1, 1_000, clock.now);
    for (let time = 0; time < 10; time++) {
      counts.add(0);
      clock.advance(100);
    }
    clock.advance(123_456);
    expect(counts.sum(0)).toBe(0);
    counts.add(0);
    expect(counts.sum(0)).toBe(1);
  });

  it("start anew when they are cleared", () => {
    const clock = fakeClock();
    const counts = rollingCounts(1, 1_000, clock.now);
    counts.add(0);
    counts.clear();
    clock.advance(500);
    counts.add(0);
    expect(counts.sum(0)).toBe(1);
  });

  it("agree with counting by hand, whenever they are asked", () => {
    const clock = fakeClock();
    const random = seeded(1);
    const counts = rollingCounts(1, 1_000, clock.now);
    const added: number[] = [];
    for (let step = 0; step < 3_000; step++) {
      clock.advance(random() < 0.02 ? 900 + random() * 1_500 : random() * 40);
      if (random() < 0.6) {
        counts.add(0);
        added.push(Math.floor(clock.now() / 100));
      }
      const oldest = Math.floor(clock.now() / 100) - 9;
      expect(counts.sum(0)).toBe(added.filter((slice) => slice >= oldest).length);
    }
  });
});
