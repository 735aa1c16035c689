import type { ChatResponse } from "@switchyard/contracts/vocabulary/chat";
import type { RoutingReport } from "@switchyard/contracts/vocabulary/routing";
import type { StoredAnswer } from "../ports.ts";

/** The answer as the cache keeps it, or undefined if it must not be kept: only complete answers are. */
export function worthKeeping(response: ChatResponse | undefined, report: RoutingReport): StoredAnswer | undefined {
  if (!response || response.choices.length === 0) return undefined;
  if (!response.choices.every(({ finishReason }) => isSuccess(finishReason))) return undefined;
  return {
    response,
    model: report.model,
    provider: report.provider,
    tier: report.tier,
    baselineCostUsdNanos: report.baselineCostUsdNanos,
    costUsdNanos: report.costUsdNanos,
  };
}

const isSuccess = (finishReason: string) => finishReason === "stop" || finishReason === "tool_calls";
