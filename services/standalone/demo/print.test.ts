import { describe, expect, it } from "vitest";
import { addUp } from "./bill.ts";
import type { Answered } from "./outcome.ts";
import { renderBill, usd } from "./print.ts";

const answer: Answered = {
  ok: true,
  task: "code",
  isStreamed: true,
  isRepeat: false,
  isReworded: false,
  report: {
    requestId: "r",
    model: "glm-4-plus",
    tier: "standard",
    task: "code",
    cache: "miss",
    costUsdNanos: 12_345_678n,
    baselineCostUsdNanos: 123_456_780n,
    baselineModel: "gpt-4o",
    overheadMs: 1.25,
    attempts: 1,
  },
  inputTokens: 1_234,
  outputTokens: 5_678,
  latencyMs: 812.4,
  firstTokenMs: 44.2,
  fingerprint: "simulated",
};
const run = { elapsedMs: 21_400, ledgerUsdNanos: undefined };

describe("the printed bill", () => {
  it("sets the cost beside the baseline's", () => {
    const text = renderBill(addUp([answer]), run);
    expect(text).toMatch(/Switchyard +\$0\.0123/);
    expect(text).toMatch(/everything on gpt-4o +\$0\.1235/);
    expect(text).toMatch(/saved +\$0\.1111 +90\.0%/);
    expect(text).toMatch(/standard +glm-4-plus +1 +100\.0% +1,234 +5,678/);
    expect(text).toMatch(/from a model +812 +812 +1/);
  });

  it("says plainly what is simulated, and only then", () => {
    expect(renderBill(addUp([answer]), run)).toContain("SIMULATED");
    expect(renderBill(addUp([{ ...answer, fingerprint: "fp_1" }]), run)).not.toContain("SIMULATED");
  });

  it("says whether the ledger agrees", () => {
    const bill = addUp([answer]);
    expect(renderBill(bill, { ...run, ledgerUsdNanos: 12_345_678n })).toContain("agrees");
    expect(renderBill(bill, { ...run, ledgerUsdNanos: 1n })).toContain("DISAGREES");
    expect(renderBill(bill, run)).not.toContain("ledger");
  });

  it("lists failures, and nothing else where nothing was answered", () => {
    const text = renderBill(addUp([{ ok: false, task: "chat", status: 503, message: "no candidate" }]), run);
    expect(text).toContain("1 x 503 no candidate");
    expect(text).not.toContain("Bill");
  });

  it("says which hits were stored before the run began", () => {
    const hit = { ...answer, report: { ...answer.report, cache: "hit-exact" } };
    expect(renderBill(addUp([hit, { ...hit, isRepeat: true }]), run)).toContain("1 were stored before this run began");
    expect(renderBill(addUp([answer, { ...hit, isRepeat: true }]), run)).not.toContain("before this run began");
  });

  it("says how many hits meant the same, and how many repeats were in other words", () => {
    const meant = { ...answer, isRepeat: true, isReworded: true, report: { ...answer.report, cache: "hit-semantic" } };
    const text = renderBill(addUp([answer, meant, { ...answer, isRepeat: true, isReworded: true }]), run);
    expect(text).toContain(
      "1 hits meant the same as an earlier request (hit-semantic); 2 repeats were in other words.",
    );
    expect(renderBill(addUp([answer]), run)).not.toContain("hit-semantic");
  });

  it("writes small sums with four decimals", () => {
    expect(usd(0n)).toBe("$0.0000");
    expect(usd(1_500_000n)).toBe("$0.0015");
    expect(usd(123_456_000_000n)).toBe("$123.46");
  });
});
