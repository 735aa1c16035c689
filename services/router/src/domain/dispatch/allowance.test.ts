import { describe, expect, it } from "vitest";
import { fakeClock } from "../../testing/fixtures.ts";
import { seeded } from "../../testing/seeded.ts";
import { createAllowance } from "./allowance.ts";

const takenOf = (tries: number, take: () => boolean) => Array.from({ length: tries }, take).filter(Boolean).length;

describe("an allowance of extra calls", () => {
  it("has its floor without any traffic", () => {
    const allowance = createAllowance({ share: 0.05, floor: 3, windowMs: 1_000 }, () => 0);
    expect(takenOf(10, allowance.take)).toBe(3);
  });

  it("grows by its share of the requests", () => {
    const allowance = createAllowance({ share: 0.05, floor: 3, windowMs: 1_000 }, () => 0);
    for (let request = 0; request < 100; request++) allowance.request();
    expect(takenOf(20, allowance.take)).toBe(8);
  });

  it("is nothing where nothing is allowed", () => {
    const allowance = createAllowance({ share: 0, floor: 0, windowMs: 1_000 }, () => 0);
    allowance.request();
    expect(allowance.take()).toBe(false);
  });

  it("is there again when the window has passed", () => {
    const clock = fakeClock();
    const allowance = createAllowance({ share: 0, floor: 1, windowMs: 1_000 }, clock.now);
    expect(takenOf(2, allowance.take)).toBe(1);
    clock.advance(1_000);
    expect(takenOf(2, allowance.take)).toBe(1);
  });

  it("never gives more than floor and share in any window, however requests and calls are mixed", () => {
    const random = seeded(2);
    for (let round = 0; round < 40; round++) {
      const clock = fakeClock();
      const policy = { share: random() / 2, floor: Math.floor(random() * 5), windowMs: 1_000 };
      const allowance = createAllowance(policy, clock.now);
      const events: { readonly slice: number; readonly isTaken: boolean }[] = [];
      for (let step = 0; step < 300; step++) {
        clock.advance(random() * 20);
        const slice = Math.floor(clock.now() / 100);
        const isExtra = random() < 0.5;
        if (!isExtra) allowance.request();
        if (isExtra && !allowance.take()) continue;
        events.push({ slice, isTaken: isExtra });
        if (!isExtra) continue;
        const recent = events.filter((event) => event.slice > slice - 10);
        const taken = recent.filter(({ isTaken }) => isTaken).length;
        expect(taken).toBeLessThanOrEqual(policy.floor + policy.share * (recent.length - taken));
      }
    }
  });
});
