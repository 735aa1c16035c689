import { describe, expect, it } from "vitest";
import { createKeyRing, type KeyRing } from "./key-ring.ts";

const ringOf = (...weights: readonly number[]) =>
  createKeyRing(weights.map((weight, index) => ({ key: "abcdef"[index] as string, weight })));

/** The keys of one attempt at a provider that treats them so: `1000` limits for so long, `limited` for an unknown time. */
function attempt(ring: KeyRing<string>, nowMs: number, verdicts: Readonly<Record<string, number | string>> = {}) {
  const turns = ring.begin();
  const asked: string[] = [];
  for (let turn = turns.next(nowMs); turn !== undefined; turn = turns.next(nowMs)) {
    asked.push(turn.key);
    const verdict = verdicts[turn.key];
    if (verdict === "refused") turn.refused(nowMs);
    else if (verdict !== undefined) turn.limited(nowMs, typeof verdict === "number" ? verdict : undefined);
    turn.release();
    if (verdict === undefined) break;
  }
  return asked.join("");
}
const attempts = (ring: KeyRing<string>, nowMs: number, count: number) =>
  Array.from({ length: count }, () => attempt(ring, nowMs)).join("");

describe("a key ring", () => {
  it("begins with the next key every time", () => {
    expect(attempts(ringOf(1, 1, 1), 0, 4)).toBe("abca");
  });

  it("gives every key its exact share by weight", () => {
    expect(attempts(ringOf(3, 1), 0, 8)).toBe("aabaaaba");
  });

  it("begins with the key that is least busy, until that one is released", () => {
    const ring = ringOf(1, 1);
    const held = ring.begin().next(0);
    expect(held?.key).toBe("a");
    expect(attempts(ring, 0, 3)).toBe("bbb");
    held?.release();
    held?.release();
    expect(attempts(ring, 0, 4)).toMatch(/^(ab|ba){2}$/);
  });

  it("offers every other key of an attempt, and none twice", () => {
    expect(attempt(ringOf(1, 1, 1), 0, { a: "refused", b: "refused", c: "refused" })).toBe("abc");
    expect(attempt(ringOf(1, 1, 1), 0, { a: 0, b: 0, c: 0 })).toBe("abc");
  });

  it("keeps a refused key for last, for a minute", () => {
    const ring = ringOf(1, 1);
    expect(attempt(ring, 0, { a: "refused" })).toBe("ab");
    expect(attempts(ring, 59_999, 3)).toBe("bbb");
    expect(attempt(ring, 59_999, { b: "refused" })).toBe("ba");
    expect(attempts(ring, 120_000, 2)).toMatch(/ab|ba/);
  });

  it("sets a limited key aside until the provider wants it back", () => {
    const ring = ringOf(1, 1);
    expect(attempt(ring, 0, { a: 5_000 })).toBe("ab");
    expect(attempts(ring, 4_999, 3)).toBe("bbb");
    expect(attempts(ring, 5_000, 2)).toMatch(/ab|ba/);
  });

  it("sets a limited key aside for a second where the provider does not say", () => {
    const ring = ringOf(1, 1);
    attempt(ring, 0, { a: "limited" });
    expect(attempts(ring, 999, 2)).toBe("bb");
    expect(attempts(ring, 1_000, 2)).toMatch(/ab|ba/);
  });

  it("sets a limited key aside for no more than a minute, but tells what the provider said", () => {
    const ring = ringOf(1, 1);
    attempt(ring, 0, { a: 3_600_000 });
    expect(attempts(ring, 59_999, 2)).toBe("bb");
    expect(ring.backInMs(0)).toBe(3_600_000);
    expect(attempts(ring, 60_000, 2)).toMatch(/ab|ba/);
  });

  it("still asks the limited key that comes back soonest, and only that one, when it has no other", () => {
    const ring = ringOf(1, 1, 1);
    expect(attempt(ring, 0, { a: 9_000, b: 5_000, c: 7_000 })).toBe("abc");
    expect(attempt(ring, 1_000, { b: 4_000 })).toBe("b");
    expect(attempt(ring, 1_000)).toBe("b");
    expect(ring.backInMs(2_000)).toBe(3_000);
  });

  it("asks no key that is set aside once the attempt was told of a limit", () => {
    const ring = ringOf(1, 1);
    attempt(ring, 0, { a: "refused" });
    expect(attempt(ring, 1, { b: 2_000 })).toBe("b");
    expect(attempt(ring, 2, { b: "refused" })).toBe("ba");
  });

  it("tells when the first limited key comes back: never, where the provider did not say of any", () => {
    const ring = ringOf(1, 1);
    attempt(ring, 0, { a: "limited", b: "limited" });
    expect(ring.backInMs(0)).toBeUndefined();
    attempt(ring, 2_000, { a: 30_000, b: "limited" });
    expect(ring.backInMs(2_100)).toBe(900);
    expect(ring.backInMs(9_999)).toBe(0);
  });

  it("still offers the only key after it was refused or limited", () => {
    const ring = ringOf(2);
    expect(attempt(ring, 0, { a: "refused" })).toBe("a");
    expect(attempt(ring, 1, { a: 5_000 })).toBe("a");
    expect(attempts(ring, 2, 2)).toBe("aa");
  });
});
