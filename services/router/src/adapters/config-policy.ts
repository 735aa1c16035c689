import type { Config } from "@switchyard/config";
import type { DecisionPolicy } from "../domain/decide.ts";
import type { Fleet } from "../domain/dispatch/fleet.ts";
import { learnedAppraisal } from "../domain/odds/appraise.ts";
import { basisOf, type OddsBasis } from "../domain/odds/basis.ts";
import { cheapestCapable } from "../domain/policies/cheapest-capable.ts";
import { latencyAware } from "../domain/policies/latency-aware.ts";
import type { Policy } from "../domain/policies/policy.ts";
import { qualityTarget } from "../domain/policies/quality-target.ts";
import { twoModel } from "../domain/policies/two-model.ts";
import { weighted } from "../domain/policies/weighted.ts";
import type { Prompt } from "../domain/request.ts";
import { loadOdds } from "./file-odds.ts";

type PolicyConfig = Config["router"]["policy"];

export interface ChosenPolicy
  extends Required<Pick<DecisionPolicy, "rank" | "latencyMs">>,
    Pick<DecisionPolicy, "appraise"> {
  /** What learned odds see in a prompt; undefined without them. */
  readonly basisOf: (prompt: Prompt) => OddsBasis | undefined;
  /** Name of the weights that the chances are from: `table`, or the version of learned odds. */
  readonly weights: string;
}

/** The policy and the appraisal that the configuration names. Throws where learned odds are wanted and cannot be read. */
export function chosenPolicy(policy: PolicyConfig, fleet: Fleet): ChosenPolicy {
  const odds = policy.odds === "learned" ? loadOdds(policy.oddsFile) : undefined;
  return {
    rank: rankOf(policy),
    latencyMs: ({ deployments }) => {
      const times = deployments.flatMap((deployment) => fleet.of(deployment).answers.whole.quantile(0.5) ?? []);
      return times.length === 0 ? undefined : Math.min(...times);
    },
    weights: odds?.version ?? "table",
    basisOf: ({ userText }) => odds && basisOf(odds, userText),
    ...(odds && { appraise: learnedAppraisal(odds) }),
  };
}

/** How models are ordered, by the configuration. */
export function rankOf({ kind, twoModel: pair, weights }: PolicyConfig): Policy {
  if (kind === "two-model" && pair) return twoModel(pair);
  if (kind === "weighted") return weighted(new Map(Object.entries(weights)));
  if (kind === "latency-aware") return latencyAware;
  return kind === "cheapest-capable" ? cheapestCapable : qualityTarget;
}
