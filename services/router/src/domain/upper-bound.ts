import type { Attempt } from "@switchyard/contracts/vocabulary/routing";
import type { Amount, Bound } from "../ports.ts";
import { type CascadePlan, judgeTokens } from "./cascade/plan.ts";
import { type CatalogueModel, priceOf } from "./catalogue.ts";
import type { Choice, Decision } from "./decide.ts";
import type { Prompt } from "./request.ts";

/** Room for the input estimate to be wrong by. */
const inputMargin = 1.15;

/** Input tokens to reserve for an estimate. */
export const withMargin = (inputTokens: number) => Math.ceil(inputTokens * inputMargin);

/** What may be paid for beside the attempt that answers. */
export interface ExtraLegs {
  /** A second candidate asked beside the first. */
  readonly hedge: boolean;
  /** Another model that reads the prompt again to go on with a broken stream. */
  readonly continuation: boolean;
}

/**
 * The most that a request can use: the dearest model of its chain, writing all it may, and before it, in a cascade, the one
 * that is tried, with its checks; twice that where a second may be asked beside it. Where another may go on with a broken stream, the prompt once more: what that one may write is bounded
 * by what is left, see {@link affordableOutput}.
 */
export function upperBound(prompt: Prompt, decision: Chained, extra: ExtraLegs): Amount {
  const { chain, cascade } = decision;
  if (!cascade) return dearest(prompt, chain, extra);
  const isTrial = (choice: Choice) => choice.model === cascade.trial.model;
  const [trial, others] = [chain.filter(isTrial), chain.filter((choice) => !isTrial(choice))];
  return [dearest(prompt, trial, extra), dearest(prompt, others, extra), checkBound(prompt, trial, cascade)].reduce(
    sum,
  );
}

/** A chain, and whether its first is only tried. */
interface Chained {
  readonly chain: readonly Choice[];
  readonly cascade?: CascadePlan | undefined;
}

const sum = (one: Amount, other: Amount): Amount => ({
  tokens: one.tokens + other.tokens,
  costUsdNanos: one.costUsdNanos + other.costUsdNanos,
});

/** The most that checking the answer of a trial can use, which is read and judged, and asked for once more. */
function checkBound(prompt: Prompt, [trial]: readonly Choice[], { checks }: CascadePlan): Amount {
  const none = { tokens: 0n, costUsdNanos: 0n };
  if (!trial) return none;
  const legs = { hedge: false, continuation: false };
  const second = checks.samplesTwice ? dearest(prompt, [trial], legs) : none;
  const judge = checks.judge && {
    ...prompt,
    inputTokens: prompt.inputTokens + trial.maxOutputTokens * (prompt.chat.n ?? 1) + judgeTokens.input,
  };
  return judge && checks.judge ? sum(second, dearest(judge, [checks.judge], legs)) : second;
}

function dearest(prompt: Prompt, chain: readonly Choice[], extra: ExtraLegs): Amount {
  const inputTokens = withMargin(prompt.inputTokens);
  const readings = extra.continuation && prompt.isStreamed ? 2 : 1;
  let tokens = 0;
  let costUsdNanos = 0n;
  for (const { model, maxOutputTokens } of chain) {
    const outputTokens = maxOutputTokens * (prompt.chat.n ?? 1);
    const cost = priceOf(inputTokens * readings, outputTokens, model.prices);
    tokens = Math.max(tokens, inputTokens * readings + outputTokens);
    if (cost > costUsdNanos) costUsdNanos = cost;
  }
  const legs = extra.hedge ? 2n : 1n;
  return { tokens: BigInt(tokens) * legs, costUsdNanos: costUsdNanos * legs };
}

/** A bound that also holds what these attempts have used already. */
export function withSpent({ tokens, costUsdNanos }: Amount, attempts: readonly Attempt[]): Amount {
  return attempts.reduce(
    (sum, { usage, costUsdNanos: cost }) => ({
      tokens: sum.tokens + (usage ? usage.inputTokens + usage.outputTokens : 0n),
      costUsdNanos: sum.costUsdNanos + cost,
    }),
    { tokens, costUsdNanos },
  );
}

/** The same for each tier of the chain by itself, that of the first choice first. */
export function tierBounds(prompt: Prompt, { chain, cascade }: Decision, extra: ExtraLegs): Bound["tiers"] {
  const tiers = new Set(chain.map(({ model }) => model.tier));
  return [...tiers].map((tier) => {
    const own = chain.filter(({ model }) => model.tier === tier);
    return { tier, amount: upperBound(prompt, { chain: own, cascade }, extra) };
  });
}

/** Output tokens of a model that a reservation still pays for after these attempts and this much more input; may be negative. */
export function affordableOutput(
  reserved: Amount,
  attempts: readonly Attempt[],
  { prices }: CatalogueModel,
  inputTokens: number,
): number {
  let { tokens, costUsdNanos } = reserved;
  for (const { usage, costUsdNanos: cost } of attempts) {
    costUsdNanos -= cost;
    if (usage) tokens -= usage.inputTokens + usage.outputTokens;
  }
  const leftUsdNanos = Number(costUsdNanos - priceOf(inputTokens, 0, prices));
  const byMoney = prices.output === 0 && leftUsdNanos >= 0 ? Number.POSITIVE_INFINITY : leftUsdNanos / prices.output;
  return Math.floor(Math.min(Number(tokens) - inputTokens, byMoney));
}
