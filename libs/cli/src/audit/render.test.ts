import { describe, expect, it } from "vitest";
import { renderAudit } from "./render.ts";
import type { AuditResult, Bill } from "./result.ts";

const bill: Bill = {
  requests: 120,
  inputTokens: 50_000_000,
  cachedInputTokens: 0,
  outputTokens: 12_000_000,
  todayUsdNanos: 245e9,
  policyUsdNanos: 30.46e9,
  extrapolated: 0,
  policyMarginUsdNanos: 0,
  savedShare: 1 - 30.46 / 245,
  models: [{ model: "qwen3-32b", share: 1 }],
};
const result: AuditResult = {
  total: bill,
  buckets: [{ ...bill, volume: "high", stakes: "low", task: "chat", features: ["help", ""] }],
  repetition: undefined,
  reading: { format: "csv", bytes: 1, failedRequests: 0, unusableLines: 0, problems: [] },
  sampling: { asked: 120, invented: 0, kept: {} },
  estimatedTokens: 0,
  hasOtherFeatures: false,
  unpriced: {},
};
const source = { address: "127.0.0.1:50051", isPrivate: false };

describe("the audit as people read it", () => {
  it("shows both bills, and buckets with where they go and what they come from", () => {
    const lines = renderAudit(result, source).split("\n");
    expect(lines.slice(0, 9)).toEqual([
      "120 requests, 50.0M input and 12.0M output tokens",
      "",
      "  today             $245.00",
      "  under the policy   $30.46",
      "  saved             $214.54  87.5%",
      "",
      "By use pattern",
      "  volume  stakes  task  requests  input  output    today  policy  saved  goes to    features",
      "  high    low     chat       120  50.0M   12.0M  $245.00  $30.46  87.5%  qwen3-32b  help, (no feature)",
    ]);
    expect(lines).not.toContain("Left out");
    expect(renderAudit(result, source)).toContain("The log holds no prompts");
  });

  it("says what is exact, what is estimated, and from what", () => {
    expect(renderAudit(result, source)).not.toContain("+-");
    const sampled = {
      ...result,
      total: { ...bill, extrapolated: 20, policyMarginUsdNanos: 2e9 },
      sampling: { asked: 100, invented: 40, kept: {} },
      estimatedTokens: 7,
    };
    const text = renderAudit(sampled, { ...source, isPrivate: true }).replaceAll(/\n +/g, " ");
    expect(text).toContain("$30.46  +- $2.00");
    expect(text).toContain("100 requests were put to a private router with your configuration");
    expect(text).toContain("the other 20 are extrapolated");
    expect(text).toContain("40 of them have no prompt in the log");
    expect(text).toContain("7 requests have no usage in the log");
  });

  it("lists all that was left out", () => {
    const text = renderAudit(
      {
        ...result,
        reading: {
          ...result.reading,
          failedRequests: 2,
          unusableLines: 9,
          problems: [{ line: 17, message: "not a JSON object" }],
        },
        unpriced: { "o9-large": 30, "o9-small": 1_000 },
        sampling: { asked: 100, invented: 0, kept: { NO_CANDIDATE: 3 } },
        hasOtherFeatures: true,
      },
      source,
    );
    for (const line of [
      "  requests of models without a known price, in neither bill (give it by --price): 1,030; o9-small (1,000), o9-large (30)",
      "  failed requests: 2",
      "  lines that could not be used: 9, such as",
      "    line 17: not a JSON object",
      "  requests of the sample that stay at today's model (NO_CANDIDATE): 3",
      "  there are many features: those that came late are counted together",
    ]) {
      expect(text.split("\n")).toContain(line);
    }
  });
});
