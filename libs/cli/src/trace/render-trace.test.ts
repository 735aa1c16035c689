import { expect, it } from "vitest";
import { renderTrace, renderTraces } from "./render-trace.ts";

const span = (spanId: string, parentSpanId: string, startUs: number, durationUs: number, attributes = {}) => ({
  spanId,
  parentSpanId,
  name: spanId,
  startUs,
  durationUs,
  attributes,
  isFailed: "error.type" in attributes,
});

it("shows a trace as a waterfall with tokens, cost, the reason for its route, and what failed", () => {
  const spans = [
    span("complete", "elsewhere", 1_000_000, 40_000, { "switchyard.cost_usd_nanos": 75_000 }),
    span("decide", "complete", 1_010_000, 1_000, { "switchyard.model": "small", "switchyard.reason": "CHEAPEST" }),
    span("chat small", "complete", 1_020_000, 20_000, {
      "gen_ai.usage.input_tokens": 12,
      "gen_ai.usage.output_tokens": 30,
      "error.type": "UPSTREAM_RESET",
    }),
  ];
  expect(renderTrace({ traceId: "abc", spans })).toBe(
    [
      "trace abc, 40.0 ms",
      "       from         for",
      "     0.0 ms     40.0 ms  ████████████████████████  complete  0.000075 USD",
      "    10.0 ms      1.0 ms       █                      decide  small, because CHEAPEST",
      "    20.0 ms     20.0 ms             ████████████     chat small  12 + 30 tokens, FAILED UPSTREAM_RESET",
      "",
    ].join("\n"),
  );
});

it("lists traces, and says what to do where there are none", () => {
  const line = { traceId: "abc", name: "POST /v1/chat/completions", startUs: 0, durationUs: 1_500, spanCount: 3 };
  expect(renderTraces([line])).toBe("abc  00:00:00.000       1.5 ms    3 spans  POST /v1/chat/completions\n");
  expect(renderTraces([])).toContain("send a request first");
});
