import type { CachePolicy, CacheVerdict, Sensitivity, Task, Tier } from "@switchyard/contracts/vocabulary/routing";

/** The words that stand for the contracts' enums in headers and JSON. */
export const taskNames = [
  "chat",
  "classification",
  "extraction",
  "summarization",
  "translation",
  "code",
  "reasoning",
  "writing",
] as const;
export const tierNames = ["economy", "standard", "premium"] as const;
export const sensitivityNames = ["public", "internal", "confidential", "restricted"] as const;

export const cachePolicies = {
  "read-write": "CACHE_POLICY_READ_WRITE",
  "no-store": "CACHE_POLICY_NO_STORE",
  refresh: "CACHE_POLICY_REFRESH",
} as const satisfies Record<string, CachePolicy>;

export type TaskName = (typeof taskNames)[number];
export type TierName = (typeof tierNames)[number];
export type SensitivityName = (typeof sensitivityNames)[number];

type Upper<Name extends string, Prefix extends string> = `${Prefix}_${Uppercase<Name>}`;

export const taskOf = (name: TaskName | undefined): Task =>
  name ? (`TASK_${name.toUpperCase()}` as Upper<TaskName, "TASK">) : "TASK_UNSPECIFIED";

export const tierOf = (name: TierName | undefined): Tier =>
  name ? (`TIER_${name.toUpperCase()}` as Upper<TierName, "TIER">) : "TIER_UNSPECIFIED";

export const sensitivityOf = (name: SensitivityName | undefined): Sensitivity =>
  name ? (`SENSITIVITY_${name.toUpperCase()}` as Upper<SensitivityName, "SENSITIVITY">) : "SENSITIVITY_UNSPECIFIED";

/** `economy`; undefined where none is set. */
export const tierName = (tier: Tier) => wordOf(tier, "TIER_");

/** `code`; undefined where none is set. */
export const taskName = (task: Task) => wordOf(task, "TASK_");

const verdicts: Readonly<Record<CacheVerdict, string | undefined>> = {
  CACHE_VERDICT_UNSPECIFIED: undefined,
  CACHE_VERDICT_MISS: "miss",
  CACHE_VERDICT_EXACT_HIT: "hit-exact",
  CACHE_VERDICT_SEMANTIC_HIT: "hit-semantic",
  CACHE_VERDICT_BYPASS: "bypass",
  CACHE_VERDICT_UNAVAILABLE: "unavailable",
  CACHE_VERDICT_REPLAY: "replay",
  CACHE_VERDICT_COALESCED: "coalesced",
  UNRECOGNIZED: undefined,
};

/** `hit-exact`; undefined where none is set. */
export const verdictName = (verdict: CacheVerdict) => verdicts[verdict];

function wordOf(value: string, prefix: string): string | undefined {
  const word = value.startsWith(prefix) ? value.slice(prefix.length).toLowerCase() : "unspecified";
  return word === "unspecified" ? undefined : word;
}
