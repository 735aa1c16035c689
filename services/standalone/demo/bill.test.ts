import { describe, expect, it } from "vitest";
import { addUp, percentile } from "./bill.ts";
import { type Answered, type Failed, type Report, readReport } from "./outcome.ts";

const report = (rest: Partial<Report> = {}): Report => ({
  requestId: "r",
  model: "small",
  tier: "economy",
  task: "chat",
  cache: "miss",
  costUsdNanos: 100n,
  baselineCostUsdNanos: 1_000n,
  baselineModel: "large",
  overheadMs: 1,
  attempts: 1,
  ...rest,
});

const answered = (rest: Partial<Omit<Answered, "report">> = {}, reported: Partial<Report> = {}): Answered => ({
  ok: true,
  task: "chat",
  isStreamed: false,
  isRepeat: false,
  isReworded: false,
  report: report(reported),
  inputTokens: 10,
  outputTokens: 20,
  latencyMs: 100,
  firstTokenMs: undefined,
  fingerprint: "",
  ...rest,
});

const hit = (rest: Partial<Answered> = {}) =>
  answered(
    { isRepeat: true, latencyMs: 2, ...rest },
    { cache: "hit-exact", costUsdNanos: 0n, task: undefined, attempts: 0 },
  );

const failed = (status: number, message: string): Failed => ({ ok: false, task: "chat", status, message });

describe("the bill", () => {
  it("adds up cost and baseline and says what saved how much", () => {
    const bill = addUp([answered(), answered({}, { model: "large", tier: "premium", costUsdNanos: 1_000n }), hit()]);
    expect(bill).toMatchObject({
      requests: 3,
      repeats: 1,
      failed: 0,
      costUsdNanos: 1_100n,
      baselineCostUsdNanos: 3_000n,
      baselineModel: "large",
      savedByCacheUsdNanos: 1_000n,
      savedByRoutingUsdNanos: 900n,
    });
  });

  it("counts what models answered by tier and model, and cache hits apart", () => {
    const bill = addUp([
      answered({}, { model: "large", tier: "premium" }),
      answered(),
      answered({ inputTokens: 5, outputTokens: 7 }),
      hit(),
    ]);
    expect(bill.models).toEqual([
      { tier: "economy", model: "small", requests: 2, inputTokens: 15, outputTokens: 27, costUsdNanos: 200n },
      { tier: "premium", model: "large", requests: 1, inputTokens: 10, outputTokens: 20, costUsdNanos: 100n },
    ]);
    expect(bill.hits).toEqual({ requests: 1, inputTokens: 10, outputTokens: 20 });
    expect(bill.cacheVerdicts).toEqual({ miss: 3, "hit-exact": 1 });
  });

  it("says by task who answered and how often the task was recognised", () => {
    const bill = addUp([
      answered({ task: "code" }, { task: "code", tier: "standard" }),
      answered({ task: "code" }, { task: "chat" }),
      hit({ task: "code" }),
    ]);
    expect(bill.tasks).toMatchObject([
      { task: "code", requests: 3, recognised: 1, classified: 2, byTier: { standard: 1, economy: 1, cache: 1 } },
    ]);
  });

  it("keeps latencies of hits and misses, and of streams, apart", () => {
    const bill = addUp([
      answered({ latencyMs: 300, firstTokenMs: 40 }),
      answered({ latencyMs: 100 }),
      hit({ latencyMs: 3, firstTokenMs: 2 }),
    ]);
    expect(bill.missLatency).toEqual({ count: 2, p50Ms: 100, p95Ms: 300 });
    expect(bill.hitLatency).toEqual({ count: 1, p50Ms: 3, p95Ms: 3 });
    expect(bill.missFirstToken).toEqual({ count: 1, p50Ms: 40, p95Ms: 40 });
    expect(bill.hitFirstToken).toEqual({ count: 1, p50Ms: 2, p95Ms: 2 });
  });

  it("counts failures by what they say and bills them nothing", () => {
    const bill = addUp([
      answered(),
      failed(429, "429 no tokens left"),
      failed(429, "429 no tokens left"),
      failed(0, "cut"),
    ]);
    expect(bill.failed).toBe(3);
    expect(bill.failures).toEqual([
      { message: "429 no tokens left", count: 2 },
      { message: "cut", count: 1 },
    ]);
    expect(bill.costUsdNanos).toBe(100n);
  });

  it("counts retries and fallbacks", () => {
    expect(addUp([answered({}, { attempts: 3 }), answered(), hit()]).furtherAttempts).toBe(2);
  });

  it("says that a run was simulated as soon as one answer was", () => {
    expect(addUp([answered()]).isSimulated).toBe(false);
    expect(addUp([answered(), answered({ fingerprint: "simulated" })]).isSimulated).toBe(true);
  });

  it("is all zeros where nothing was answered", () => {
    expect(addUp([failed(503, "503 down")])).toMatchObject({ costUsdNanos: 0n, baselineCostUsdNanos: 0n, models: [] });
  });
});

describe("a percentile", () => {
  it("is the nearest rank", () => {
    const measurements = Array.from({ length: 20 }, (_, index) => 20 - index);
    expect(percentile(measurements, 0.5)).toBe(10);
    expect(percentile(measurements, 0.95)).toBe(19);
    expect(percentile([7], 0.95)).toBe(7);
    expect(percentile([], 0.5)).toBe(0);
  });
});

describe("a report", () => {
  it("says what is wrong with an answer of something else", () => {
    expect(() => readReport(undefined)).toThrow("no `switchyard` object");
    expect(() => readReport({ request_id: "r" })).toThrow("switchyard.model");
  });
});
