import type { Config } from "@switchyard/config";
import type { DecisionPolicy } from "../domain/decide.ts";
import type { Experiment } from "../domain/experiments.ts";
import { rankOf } from "./config-policy.ts";

/** The experiments of the configuration, each arm as the policy that it changes. */
export function experimentsOf(
  { experiments, policy: own }: Config["router"],
  policy: DecisionPolicy,
): Experiment<DecisionPolicy>[] {
  return experiments.map(({ name, share, tenants, features, arms }) => ({
    ...{ name, share, tenants: new Set(tenants), features: new Set(features) },
    arms: arms.map(({ qualityTarget = policy.qualityTarget, kind, cascade, without, ...arm }) => ({
      ...arm,
      way: {
        ...policy,
        ...{ qualityTarget, without: new Set(without) },
        ...(kind && { rank: rankOf({ ...own, kind }) }),
        ...(policy.cascade && cascade !== undefined && { cascade: { ...policy.cascade, enabled: cascade } }),
      },
    })),
  }));
}
