import { describe, expect, it } from "vitest";
import { faultByShare } from "./fault.ts";

const kinds = (shares: Parameters<typeof faultByShare>[1]) =>
  Array.from({ length: 1_000 }, (_, at) => faultByShare(at + 1, shares));

describe("faultByShare", () => {
  it("never strikes without a share, and always with the whole", () => {
    expect(kinds({ rateLimit: 0, serverError: 0, cutStream: 0 }).every((fault) => fault === undefined)).toBe(true);
    expect(kinds({ rateLimit: 0, serverError: 0, cutStream: 1 }).every((fault) => fault?.kind === "cut")).toBe(true);
  });

  it("strikes the same requests every time, in about the shares asked for", () => {
    const shares = { rateLimit: 0.1, serverError: 0.2, cutStream: 0.3 };
    const faults = kinds(shares);
    expect(kinds(shares)).toEqual(faults);
    const count = (matches: (fault: ReturnType<typeof faultByShare>) => boolean) =>
      faults.filter(matches).length / 1_000;
    expect(count((fault) => fault?.kind === "status" && fault.status === 429)).toBeCloseTo(0.1, 1);
    expect(count((fault) => fault?.kind === "status" && fault.status === 500)).toBeCloseTo(0.2, 1);
    expect(count((fault) => fault?.kind === "cut")).toBeCloseTo(0.3, 1);
  });
});
