import { describe, expect, it } from "vitest";
import { aReport } from "../testing/messages.ts";
import { reportJson } from "./report.ts";
import { decimalUsd, decisionHeaders, reportHeaders } from "./report-headers.ts";

describe("a routing report", () => {
  it("is told in full, money as decimal and as whole nano-USD", () => {
    expect(JSON.parse(JSON.stringify(reportJson(aReport())))).toEqual({
      request_id: "req-1",
      trace_id: "0af7651916cd43dd8448eb211c80319c",
      model: "qwen3-8b",
      provider: "compatible",
      tier: "economy",
      classification: {
        task: "code",
        task_confidence: 0.9,
        complexity: 0.25,
        complexity_confidence: 0.8,
        language: "en",
        classifier_version: "rules/1",
      },
      reason: "the cheapest that is good enough",
      candidates: [
        {
          model: "qwen3-8b",
          tier: "economy",
          adequacy: 0.95,
          estimated_cost_usd: 0.000002,
          estimated_cost_usd_nanos: 2_000,
        },
      ],
      passed_over: [{ model: "gpt-4o", reason: "quality", detail: "a cheaper one is good enough" }],
      attempts: [
        {
          model: "qwen3-8b",
          provider: "compatible",
          outcome: "ok",
          duration_us: 120_000,
          time_to_first_token_us: 40_000,
          usage: { input_tokens: 9, cached_input_tokens: 0, output_tokens: 3, reasoning_tokens: 0 },
          usage_estimated: false,
          cost_usd: 0.000001235,
          cost_usd_nanos: 1_235,
          hedge: false,
          continued: false,
        },
      ],
      cache: "miss",
      cache_age_seconds: 0,
      cost_usd: 0.000001235,
      cost_usd_nanos: 1_235,
      baseline_cost_usd: 0.0000525,
      baseline_cost_usd_nanos: 52_500,
      baseline_model: "gpt-4o",
      overhead_us: 850,
      upstream_us: 120_000,
      warnings: [],
      continuations: [],
    });
  });

  it("stands in the headers of a whole answer", () => {
    expect(reportHeaders(aReport())).toEqual({
      "x-request-id": "req-1",
      "x-switchyard-request-id": "req-1",
      "x-switchyard-model": "qwen3-8b",
      "x-switchyard-provider": "compatible",
      "x-switchyard-tier": "economy",
      "x-switchyard-cache": "miss",
      "x-switchyard-cost-usd": "0.000001235",
      "x-switchyard-baseline-cost-usd": "0.0000525",
      "x-switchyard-task": "code",
      "x-switchyard-complexity": "0.25",
      "x-switchyard-trace-id": "0af7651916cd43dd8448eb211c80319c",
      "x-switchyard-overhead-ms": "0.85",
    });
  });

  it("leaves out of the headers what is not known", () => {
    const headers = decisionHeaders(
      aReport({ classification: undefined, traceId: "", cacheVerdict: "CACHE_VERDICT_EXACT_HIT" }),
    );
    expect(headers).toEqual({
      "x-request-id": "req-1",
      "x-switchyard-request-id": "req-1",
      "x-switchyard-model": "qwen3-8b",
      "x-switchyard-provider": "compatible",
      "x-switchyard-tier": "economy",
      "x-switchyard-cache": "hit-exact",
    });
  });

  it.each([
    ["CACHE_VERDICT_SEMANTIC_HIT", "hit-semantic"],
    ["CACHE_VERDICT_BYPASS", "bypass"],
    ["CACHE_VERDICT_UNAVAILABLE", "unavailable"],
    ["CACHE_VERDICT_REPLAY", "replay"],
    ["CACHE_VERDICT_COALESCED", "coalesced"],
  ] as const)("says %s as %s", (cacheVerdict, word) => {
    expect(decisionHeaders(aReport({ cacheVerdict }))["x-switchyard-cache"]).toBe(word);
  });

  it("names the stored answer of a hit and says how likely it is right", () => {
    const hit = aReport({ cacheEntryId: "entry-7", cacheHitProbability: 0.98765 });
    expect(reportJson(hit)).toMatchObject({ cache_entry_id: "entry-7", cache_hit_probability: 0.98765 });
    expect(decisionHeaders(hit)).toMatchObject({
      "x-switchyard-cache-entry-id": "entry-7",
      "x-switchyard-cache-hit-probability": "0.9877",
    });
  });

  it("writes money exactly and without an exponent", () => {
    expect([0n, 1n, 1_000_000_000n, 12_345_678_901_234_567n].map(decimalUsd)).toEqual([
      "0",
      "0.000000001",
      "1",
      "12345678.901234567",
    ]);
  });
});
