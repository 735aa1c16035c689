import { recordTelemetry, type TelemetryRecorder } from "@switchyard/telemetry/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { attempt, callerOf, settlement } from "../testing/budget-store-fixture.ts";
import { emitSettledEvent } from "./opentelemetry-settled-events.ts";

let telemetry: TelemetryRecorder;
beforeAll(() => {
  telemetry = recordTelemetry();
});
afterAll(() => telemetry.stop());

it("a settled request is one log record with what the ledger holds of it", () => {
  const caller = callerOf("acme", "jane", { feature: "search", apiKey: "ci", labels: { team: "core" } });
  const lost = attempt({ model: "quick", outcome: "CANCELLED", tokens: 40, cost: 4, hedge: true });
  const answer = attempt({ tokens: 80, cost: 8 });
  emitSettledEvent(settlement("r1", [lost, answer], { caller, baselineCostUsdNanos: 50n }));
  expect(telemetry.logs).toHaveLength(1);
  expect(telemetry.logs[0]).toMatchObject({
    eventName: "switchyard.request.settled",
    severityText: "INFO",
    attributes: {
      "switchyard.request.id": "r1",
      "switchyard.organisation": "acme",
      "switchyard.tenant": "acme",
      "user.id": "jane",
      "switchyard.feature": "search",
      "switchyard.api_key.name": "ci",
      "switchyard.labels": { team: "core" },
      "switchyard.model": "small",
      "switchyard.provider": "maker",
      "switchyard.tier": "economy",
      "switchyard.task": "chat",
      "switchyard.cache.verdict": "miss",
      "switchyard.outcome": "ok",
      "gen_ai.usage.input_tokens": 90,
      "gen_ai.usage.output_tokens": 30,
      "switchyard.cost_usd_nanos": 12,
      "switchyard.baseline_cost_usd_nanos": 50,
      "switchyard.saved_usd_nanos": 38,
      "switchyard.wasted.tokens": 40,
      "switchyard.wasted.cost_usd_nanos": 4,
      "switchyard.attempts": [
        { "switchyard.model": "quick", "switchyard.outcome": "CANCELLED", "switchyard.hedge": true },
        { "switchyard.model": "small", "switchyard.outcome": "ok", "switchyard.wasted": false },
      ],
    },
  });
});

it("a hit is one without attempts, and a request without an answer has no model", () => {
  emitSettledEvent(settlement("r2", [], { cacheVerdict: "CACHE_VERDICT_EXACT_HIT", baselineCostUsdNanos: 5n }));
  const failed = attempt({ outcome: "UPSTREAM_TIMEOUT", tokens: 4, cost: 1 });
  emitSettledEvent(settlement("r3", [failed], { model: "", tier: "TIER_UNSPECIFIED" }));
  const [hit, failure] = telemetry.logs.slice(-2).map(({ attributes }) => attributes);
  expect(hit).toMatchObject({
    "switchyard.cache.verdict": "exact_hit",
    "switchyard.outcome": "ok",
    "switchyard.saved_usd_nanos": 5,
    "switchyard.attempts": [],
  });
  expect(failure).toMatchObject({
    "switchyard.model": "",
    "switchyard.provider": "",
    "switchyard.tier": "",
    "switchyard.outcome": "UPSTREAM_TIMEOUT",
    "switchyard.saved_usd_nanos": -1,
    "switchyard.wasted.cost_usd_nanos": 1,
  });
});

it("a request that reached neither model nor cache is none", () => {
  const before = telemetry.logs.length;
  emitSettledEvent(settlement("r4", []));
  expect(telemetry.logs).toHaveLength(before);
});
