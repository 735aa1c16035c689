import { describe, expect, it } from "vitest";
import { callerWishes, chatWishes } from "./hints.ts";

const wishes = (headers: Record<string, string>, body?: unknown, user = "") => chatWishes(headers, body, user);

const refusal = (headers: Record<string, string>, body?: unknown) => {
  try {
    wishes(headers, body);
    return undefined;
  } catch (error) {
    return (error as { fieldViolations: { field: string }[] }).fieldViolations.map(({ field }) => field);
  }
};

const everything = {
  task: "code",
  min_tier: "economy",
  max_tier: "premium",
  quality_target: 0.8,
  max_cost_usd: 0.0015,
  latency_ms: 2_000,
  cache: "refresh",
  cache_ttl_seconds: 60,
  sensitivity: "confidential",
  cache_tags: ["prices", "shop 2"],
  tenant: "acme",
  user: "u-1",
  feature: "search",
  labels: { team: "core" },
};

const translated = {
  caller: {
    tenant: "acme",
    user: "u-1",
    feature: "search",
    labels: { team: "core" },
    budgetTier: "",
    organisation: "",
    apiKey: "",
  },
  hints: {
    task: "TASK_CODE",
    minTier: "TIER_ECONOMY",
    maxTier: "TIER_PREMIUM",
    qualityTarget: 0.8,
    maxCostUsdNanos: 1_500_000n,
    latencyBoundMs: 2_000,
    cachePolicy: "CACHE_POLICY_REFRESH",
    cacheTtlSeconds: 60,
    sensitivity: "SENSITIVITY_CONFIDENTIAL",
    cacheTags: ["prices", "shop 2"],
    cascade: undefined,
    answerPattern: "",
  },
};

describe("what a caller wants", () => {
  it("is nothing where nothing is said", () => {
    expect(wishes({ "content-type": "application/json" })).toEqual({ caller: undefined, hints: undefined });
  });

  it("can be said in the body", () => {
    expect(wishes({}, everything)).toEqual(translated);
  });

  it("can be said in headers", () => {
    const headers = Object.entries(everything).map(([key, value]) =>
      key === "labels"
        ? ["x-switchyard-label-team", "core"]
        : [`x-switchyard-${key.replaceAll("_", "-")}`, String(value)],
    );
    expect(wishes(Object.fromEntries(headers))).toEqual(translated);
  });

  it("is said by the body where both speak, field by field and label by label", () => {
    const headers = {
      "x-switchyard-task": "writing",
      "x-switchyard-feature": "mail",
      "x-switchyard-label-team": "edge",
      "x-switchyard-label-region": "eu",
    };
    const { caller, hints } = wishes(headers, { task: "code", feature: null, labels: { team: "core" } });
    expect(hints?.task).toBe("TASK_CODE");
    expect(caller).toMatchObject({ feature: "mail", labels: { team: "core", region: "eu" } });
  });

  it("names OpenAI's user where no more precise one is named", () => {
    expect(wishes({}, undefined, "u-0").caller?.user).toBe("u-0");
    expect(wishes({ "x-switchyard-user": "u-1" }, undefined, "u-0").caller?.user).toBe("u-1");
    expect(wishes({ "x-switchyard-user": "u-1" }, { user: "u-2" }, "u-0").caller?.user).toBe("u-2");
  });

  it.each([
    ["no-store", "CACHE_POLICY_NO_STORE"],
    ["no-cache", "CACHE_POLICY_REFRESH"],
    ["max-age=0, no-store", "CACHE_POLICY_NO_STORE"],
  ])("hears the standard cache-control: %s", (control, policy) => {
    expect(wishes({ "cache-control": control }).hints?.cachePolicy).toBe(policy);
  });

  it("heeds its own cache words before the standard ones", () => {
    expect(wishes({ "cache-control": "no-store", "x-switchyard-cache": "read-write" }).hints?.cachePolicy).toBe(
      "CACHE_POLICY_READ_WRITE",
    );
    expect(wishes({ "cache-control": "max-age=60" }).hints).toBeUndefined();
  });

  it("is refused by the name of the field", () => {
    expect(refusal({}, { taks: "code" })).toEqual(["switchyard.taks"]);
    expect(refusal({}, { task: "cooking" })).toEqual(["switchyard.task"]);
    expect(refusal({}, { labels: { a: 1 } })).toEqual(["switchyard.labels.a"]);
    expect(refusal({}, { quality_target: 0 })).toEqual(["switchyard.quality_target"]);
    expect(refusal({}, { max_cost_usd: -1, latency_ms: 0 })).toEqual([
      "switchyard.max_cost_usd",
      "switchyard.latency_ms",
    ]);
    expect(refusal({}, "fast")).toEqual(["switchyard"]);
  });

  it("is refused by the name of the header", () => {
    expect(refusal({ "x-switchyard-min-tier": "gold" })).toEqual(["x-switchyard-min-tier"]);
    expect(refusal({ "x-switchyard-max-cost-usd": "cheap" })).toEqual(["x-switchyard-max-cost-usd"]);
    expect(refusal({ "x-switchyard-cache-ttl-seconds": "1.5" })).toEqual(["x-switchyard-cache-ttl-seconds"]);
  });

  it("does not mind headers of other names", () => {
    expect(wishes({ "x-switchyard-trace-id": "0af7", "x-switchyard-task": "" }).hints).toBeUndefined();
  });
});

describe("for whom vectors are made", () => {
  it("can be said, but routing hints cannot", () => {
    expect(callerWishes({}, { tenant: "acme" }, "u")).toMatchObject({ tenant: "acme", user: "u" });
    expect(() => callerWishes({}, { task: "code" }, "")).toThrow("switchyard.task");
    expect(callerWishes({ "x-switchyard-task": "code" }, undefined, "")).toBeUndefined();
  });
});
