import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { Tier } from "@switchyard/contracts/vocabulary/routing";
import type { Amount, Bound, Budget, Reserved } from "../ports.ts";
import type { Background } from "./background.ts";
import type { Decision, Exclusion } from "./decide.ts";
import { Refusal } from "./refusal.ts";
import type { Patience, Prompt } from "./request.ts";

/**
 * Sets an amount aside for the one model that will be asked, by its tier; where it is not known whether it was granted, it is
 * given back. Throws Refusal.
 */
export async function reserve(
  request: { requestId: string; caller: Caller } & Patience,
  wanted: { tier: Tier; amount: Amount },
  context: Pick<ReserveContext, "budget" | "background">,
): Promise<readonly string[]> {
  const answer = await ask(request, { all: wanted.amount, tiers: [wanted] }, false, context);
  if (answer.kind === "granted") return answer.warnings;
  throw answer.refusal ?? new TypeError("the budget narrows a request that chose its model, and names no limit");
}

export interface ReserveContext {
  readonly budget: Budget;
  readonly background: Background;
  /** The most that a decision can cost. */
  readonly boundOf: (decision: Decision) => Bound;
  /** Decides again without some tiers. Throws Refusal. */
  readonly decideWithout: (exclusions: readonly Exclusion[]) => Decision;
}

/**
 * Sets aside what a decision can cost at most. Where a budget has too little left for a tier, or is so empty that it advises
 * against one, it is decided again without it; advice that leaves no model is not followed. Resolves to the decision that
 * the amount is set aside for, with what the caller should know of its budgets. Throws Refusal.
 */
export async function reserveFor(prompt: Prompt, wanted: Decision, context: ReserveContext): Promise<Decision> {
  let decision = wanted;
  let excluded: readonly Exclusion[] = [];
  let isRouted = prompt.chat.model === "auto";
  while (true) {
    const answer = await ask(prompt, context.boundOf(decision), isRouted, context);
    if (answer.kind === "granted") {
      return { ...decision, warnings: [...decision.warnings, ...answer.warnings] };
    }
    const more = exclusionsOf(answer, excluded);
    const narrower = more.length > 0 ? orUndefined(() => context.decideWithout([...excluded, ...more])) : undefined;
    if (narrower) {
      const { reason, warnings } = narrower;
      decision = { ...narrower, reason: `${reason}; ${answer.because}`, warnings: [...warnings, answer.because] };
      excluded = [...excluded, ...more];
    } else if (answer.refusal || !isRouted) {
      throw answer.refusal ?? new TypeError("the budget narrows a request that chose its model, and names no limit");
    } else isRouted = false;
  }
}

async function ask(
  { requestId, caller, signal, deadline }: { requestId: string; caller: Caller } & Patience,
  bound: Bound,
  isRouted: boolean,
  { budget, background }: Pick<ReserveContext, "budget" | "background">,
): Promise<Reserved> {
  try {
    return await budget.reserve({ requestId, caller, bound, isRouted }, { signal, deadline });
  } catch (error) {
    const isRefused = error instanceof Refusal && error.reason === "BUDGET_EXHAUSTED";
    if (!isRefused) background.run(() => budget.release(requestId, caller));
    throw error;
  }
}

const allTiers: readonly Tier[] = ["TIER_ECONOMY", "TIER_STANDARD", "TIER_PREMIUM"];

/** The tiers that are no longer left, and were before. */
function exclusionsOf(
  { tiers, because }: Extract<Reserved, { kind: "narrowed" }>,
  before: readonly Exclusion[],
): Exclusion[] {
  return allTiers
    .filter((tier) => !tiers.includes(tier) && !before.some((exclusion) => exclusion.tier === tier))
    .map((tier) => ({ tier, because }));
}

function orUndefined(decide: () => Decision): Decision | undefined {
  try {
    return decide();
  } catch (error) {
    if (error instanceof Refusal && error.reason === "NO_CANDIDATE") return undefined;
    throw error;
  }
}
