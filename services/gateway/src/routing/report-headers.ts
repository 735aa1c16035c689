import type { RoutingReport } from "@switchyard/contracts/vocabulary/routing";
import { taskName, tierName, verdictName } from "./names.ts";

/** Response headers by name. */
export type Headers = Record<string, string>;

/** The decision as response headers: what is known before the first token. */
export function decisionHeaders(report: RoutingReport): Headers {
  const { classification } = report;
  const task = classification && taskName(classification.task);
  const headers: Headers = {
    "x-request-id": report.requestId,
    "x-switchyard-request-id": report.requestId,
    "x-switchyard-model": report.model,
    "x-switchyard-provider": report.provider,
  };
  set(headers, "x-switchyard-tier", tierName(report.tier));
  set(headers, "x-switchyard-cache", verdictName(report.cacheVerdict));
  set(headers, "x-switchyard-cache-entry-id", report.cacheEntryId);
  set(headers, "x-switchyard-cache-hit-probability", report.cacheHitProbability?.toFixed(4));
  set(headers, "x-switchyard-task", task);
  set(headers, "x-switchyard-complexity", classification && String(classification.complexity));
  set(headers, "x-switchyard-trace-id", report.traceId);
  return headers;
}

/** The decision and what it came to, as response headers of a whole answer. */
export function reportHeaders(report: RoutingReport): Headers {
  const headers = decisionHeaders(report);
  headers["x-switchyard-cost-usd"] = decimalUsd(report.costUsdNanos);
  headers["x-switchyard-baseline-cost-usd"] = decimalUsd(report.baselineCostUsdNanos);
  headers["x-switchyard-overhead-ms"] = String(Number(report.overheadUs) / 1000);
  return headers;
}

function set(headers: Headers, name: string, value: string | undefined): void {
  if (value) headers[name] = value;
}

/** Nano-USD as an exact decimal number without an exponent: `0.000001235`. */
export function decimalUsd(nanos: bigint): string {
  const whole = nanos / 1_000_000_000n;
  const fraction = (nanos % 1_000_000_000n).toString().padStart(9, "0").replace(/0+$/, "");
  return fraction === "" ? whole.toString() : `${whole}.${fraction}`;
}
