import { describe, expect, it } from "vitest";
import { createLatency } from "./latency.ts";

const after = (...milliseconds: readonly number[]) => {
  const latency = createLatency();
  for (const entry of milliseconds) latency.record(entry);
  return latency;
};
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe("the latency of a place", () => {
  it("is unknown at first", () => {
    expect(createLatency().quantile(0.95)).toBeUndefined();
    expect(createLatency().size()).toBe(0);
  });

  it("is told by its quantiles", () => {
    const latency = after(...upTo(100).toReversed());
    expect([0, 0.5, 0.95, 1].map((share) => latency.quantile(share))).toEqual([1, 51, 96, 100]);
  });

  it("sorts by size, not as text", () => {
    expect(after(100, 9, 20).quantile(0)).toBe(9);
  });

  it("keeps the last 128 answers only", () => {
    const latency = after(...upTo(128).map(() => 1), ...upTo(128).map(() => 1_000));
    expect(latency.size()).toBe(128);
    expect(latency.quantile(0)).toBe(1_000);
  });

  it("is at most eight answers old, and fresher while few are known", () => {
    const latency = after(1);
    expect(latency.quantile(1)).toBe(1);
    latency.record(2);
    expect(latency.quantile(1)).toBe(2);
    for (const entry of upTo(100)) latency.record(entry);
    expect(latency.quantile(1)).toBe(100);
    for (let answer = 0; answer < 8; answer++) latency.record(500);
    expect(latency.quantile(1)).toBe(500);
  });
});
