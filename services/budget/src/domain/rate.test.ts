import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Bucket, emptyBucket, hasRoom, leaked, poured, type Rate, usedOf, waitMs } from "./rate.ts";

const minuteUs = 60_000_000;
const start = 1_800_000_000_000_000;

const rates = fc.record({
  perMinute: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 100_000_000 })),
  burst: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 100_000_000 })),
});
const demands = fc.array(
  fc.record({ pauseUs: fc.integer({ min: 0, max: 30_000_000 }), share: fc.double({ min: 0, max: 1.1, noNaN: true }) }),
  { maxLength: 60 },
);

/** What of the demands is granted, each as it comes. */
function play(rate: Rate, wanted: readonly { pauseUs: number; share: number }[]) {
  let bucket: Bucket = emptyBucket;
  let nowUs = start;
  return wanted.map(({ pauseUs, share }) => {
    nowUs += pauseUs;
    const amount = Math.ceil(share * rate.burst);
    const before = leaked(bucket, nowUs, rate);
    const granted = hasRoom(before, amount, rate);
    bucket = granted ? poured(before, amount, 0) : before;
    return { nowUs, amount, granted, before };
  });
}

describe("a rate", () => {
  it("lets a minute's worth through at once, not one more, and the next when one has leaked", () => {
    const rate = { perMinute: 7, burst: 7 };
    let bucket: Bucket = { ...emptyBucket, atUs: start };
    for (let count = 0; count < 7; count++) {
      expect(hasRoom(bucket, 1, rate)).toBe(true);
      bucket = poured(bucket, 1, 0);
    }
    expect([hasRoom(bucket, 1, rate), usedOf(bucket), waitMs(bucket, 1, rate)]).toEqual([false, 7, 8_572]);
    expect(hasRoom(leaked(bucket, start + 8_571_428, rate), 1, rate)).toBe(false);
    expect(hasRoom(leaked(bucket, start + 8_571_429, rate), 1, rate)).toBe(true);
    expect(leaked(bucket, start + minuteUs, rate)).toEqual({ level: 0, atUs: start + minuteUs, held: 0 });
  });

  it("never lets more through in any stretch of time than the burst and what leaks meanwhile", () => {
    fc.assert(
      fc.property(rates, demands, (rate, wanted) => {
        const granted = play(rate, wanted).filter((each) => each.granted);
        granted.forEach((first, from) => {
          let sum = 0n;
          for (const { nowUs, amount } of granted.slice(from)) {
            sum += BigInt(amount);
            const leaks = BigInt(nowUs - first.nowUs) * BigInt(rate.perMinute);
            expect(sum * BigInt(minuteUs)).toBeLessThanOrEqual(BigInt(rate.burst) * BigInt(minuteUs) + leaks);
          }
        });
      }),
    );
  });

  it("refuses nothing that exact arithmetic grants", () => {
    fc.assert(
      fc.property(rates, demands, (rate, wanted) => {
        let level = 0n;
        let lastUs = start;
        for (const { nowUs, amount, granted } of play(rate, wanted)) {
          level -= BigInt(nowUs - lastUs) * BigInt(rate.perMinute);
          if (level < 0n) level = 0n;
          lastUs = nowUs;
          const fits = level + BigInt(amount) * BigInt(minuteUs) <= BigInt(rate.burst) * BigInt(minuteUs);
          expect(granted).toBe(fits);
          if (fits) level += BigInt(amount) * BigInt(minuteUs);
        }
      }),
    );
  });

  it("says to the millisecond when a refused demand fits, and that one larger than the burst never does", () => {
    fc.assert(
      fc.property(rates, demands, (rate, wanted) => {
        for (const { nowUs, amount, granted, before } of play(rate, wanted)) {
          if (granted) continue;
          const wait = waitMs(before, amount, rate);
          expect(wait === undefined).toBe(amount > rate.burst);
          if (wait === undefined) continue;
          expect(hasRoom(leaked(before, nowUs + wait * 1_000, rate), amount, rate)).toBe(true);
          if (wait > 1) expect(hasRoom(leaked(before, nowUs + (wait - 1) * 1_000, rate), amount, rate)).toBe(false);
        }
      }),
    );
  });

  it("gives back at once what was held too high, whatever came between", () => {
    fc.assert(
      fc.property(rates, demands, fc.nat(1_000_000), fc.nat(1_000_000), (rate, wanted, held, used) => {
        const last = play(rate, wanted).at(-1)?.before ?? emptyBucket;
        const returned = poured(poured(last, 0, held), used, -held);
        expect(returned).toEqual(poured(last, used, 0));
      }),
    );
  });

  it("does not leak twice where the clock goes back", () => {
    const rate = { perMinute: 60, burst: 60 };
    const full = poured(leaked(emptyBucket, start, rate), 60, 0);
    const later = leaked(full, start + 10_000_000, rate);
    expect(usedOf(later)).toBe(50);
    expect(leaked(later, start, rate)).toEqual(later);
    expect(usedOf(leaked(leaked(later, start, rate), start + 10_000_000, rate))).toBe(50);
  });
});
