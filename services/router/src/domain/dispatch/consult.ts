import type { Consult } from "../cascade/examine.ts";
import type { DispatchContext } from "./dispatch-context.ts";
import { beginLeg, shareOf } from "./leg.ts";
import type { Trial } from "./trial.ts";
import { counted } from "./usage.ts";

/** Asks models about answers, at the healthiest place each has, once, within a share of the time left; booked as checks. */
export function consulting(
  trial: Trial,
  { provider, estimateTokens, resilience, clock, onUnforeseen }: DispatchContext,
): Consult {
  return async (choice, chat) => {
    const { fleet } = resilience;
    const { deployments } = choice.model;
    const deployment = deployments.find((one) => fleet.of(one).breaker.isAdmitting()) ?? deployments[0];
    const usualMs = fleet.of(deployment).latency.whole.quantile(0.95);
    using leg = beginLeg(trial, shareOf(trial.deadline - clock.now(), usualMs), clock, onUnforeseen);
    const stop = { choice, deployment, pauseMs: 0, isNewModel: false };
    const readOnly = () => ({ usage: counted(inputOf(chat, estimateTokens), 0), usageEstimated: true });
    const attempt = trial.log.begin(stop, false, readOnly);
    try {
      const response = await provider.complete(deployment, chat, leg);
      const usage = response.usage ?? counted(inputOf(chat, estimateTokens), chat.maxTokens ?? 0);
      attempt.ended({ usage, usageEstimated: response.usage === undefined, isCheck: true });
      return response;
    } catch (error) {
      attempt.ended({ failure: leg.failureOf(error) });
      return undefined;
    }
  };
}

const inputOf = (chat: Parameters<Consult>[1], estimateTokens: (text: string) => number) =>
  chat.messages.reduce(
    (sum, { content }) =>
      sum + content.reduce((all, { part }) => all + (part?.$case === "text" ? estimateTokens(part.value) : 0), 4),
    0,
  );
