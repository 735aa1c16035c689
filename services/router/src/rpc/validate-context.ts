import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { RoutingHints } from "@switchyard/contracts/vocabulary/routing";
import type { FieldViolation } from "@switchyard/rpc";
import { rankOfTier } from "../domain/catalogue.ts";

const bytes = (text: string) => Buffer.byteLength(text);

/** What is wrong with the caller of a request. */
export function violationsOfCaller(caller: Caller | undefined): FieldViolation[] {
  if (!caller) return [];
  const violations: FieldViolation[] = [];
  for (const field of ["tenant", "user", "feature"] as const) {
    if (bytes(caller[field]) > 256)
      violations.push({ field: `caller.${field}`, description: "must have at most 256 bytes" });
  }
  const labels = Object.entries(caller.labels);
  if (labels.length > 16) violations.push({ field: "caller.labels", description: "must have at most 16 entries" });
  for (const [key, value] of labels) {
    if (bytes(key) > 128 || bytes(value) > 128) {
      violations.push({
        field: `caller.labels[${key.slice(0, 32)}]`,
        description: "key and value must have at most 128 bytes",
      });
    }
  }
  return violations;
}

/** What is wrong with the hints of a request. */
export function violationsOfHints(hints: RoutingHints | undefined): FieldViolation[] {
  if (!hints) return [];
  const violations: FieldViolation[] = [];
  const check = (field: string, isRight: boolean, description: string) => {
    if (!isRight) violations.push({ field: `hints.${field}`, description });
  };
  const { qualityTarget, maxCostUsdNanos, latencyBoundMs, cacheTtlSeconds } = hints;
  check(
    "quality_target",
    qualityTarget === undefined || (qualityTarget > 0 && qualityTarget <= 1),
    "must be above 0 and at most 1",
  );
  check("max_cost_usd_nanos", maxCostUsdNanos === undefined || maxCostUsdNanos >= 0n, "must not be negative");
  check("latency_bound_ms", latencyBoundMs === undefined || latencyBoundMs >= 1, "must be at least 1");
  check("answer_pattern", hints.answerPattern.length <= 512, "must have at most 512 characters");
  check("cache_ttl_seconds", cacheTtlSeconds === undefined || cacheTtlSeconds >= 1, "must be at least 1");
  const bothSet = hints.minTier !== "TIER_UNSPECIFIED" && hints.maxTier !== "TIER_UNSPECIFIED";
  check("min_tier", !bothSet || rankOfTier(hints.minTier) <= rankOfTier(hints.maxTier), "must not be above max_tier");
  for (const [field, value] of [
    ["task", hints.task],
    ["min_tier", hints.minTier],
    ["max_tier", hints.maxTier],
    ["cache_policy", hints.cachePolicy],
    ["sensitivity", hints.sensitivity],
  ] as const) {
    check(field, value !== "UNRECOGNIZED", "is not a known value");
  }
  violations.push(...violationsOfTags("hints.cache_tags", hints.cacheTags));
  return violations;
}

const mostTags = 16;
const longestTag = 128;

/** What is wrong with marks of stored answers. */
export function violationsOfTags(field: string, tags: readonly string[]): FieldViolation[] {
  if (tags.length > mostTags) return [{ field, description: `must have at most ${mostTags} entries` }];
  return tags.flatMap((tag, index) => {
    if (tag !== "" && tag.length <= longestTag && tag.isWellFormed()) return [];
    return { field: `${field}[${index}]`, description: `must have 1 to ${longestTag} characters` };
  });
}

/** What is wrong with an idempotency key. */
export function violationsOfIdempotencyKey(key: string): FieldViolation[] {
  return bytes(key) > 255 ? [{ field: "idempotency_key", description: "must have at most 255 bytes" }] : [];
}
