/** What the `switchyard` object of an answer says, as far as the bill needs it. */
export interface Report {
  readonly requestId: string;
  readonly model: string;
  readonly tier: string;
  /** What the prompt was taken for; undefined on a cache hit. */
  readonly task: string | undefined;
  /** `miss`, `hit-exact`, `hit-semantic`, `bypass`, `unavailable` or `replay`. */
  readonly cache: string;
  readonly costUsdNanos: bigint;
  readonly baselineCostUsdNanos: bigint;
  readonly baselineModel: string;
  /** Time inside the platform, in milliseconds. */
  readonly overheadMs: number;
  /** Tries at models, failed ones included; 0 on a hit. */
  readonly attempts: number;
}

/** A request that was answered. */
export interface Answered {
  readonly ok: true;
  readonly task: string;
  readonly isStreamed: boolean;
  readonly isRepeat: boolean;
  /** Whether it repeats another in other words. */
  readonly isReworded: boolean;
  readonly report: Report;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** From sending to the whole answer, in milliseconds, as the client saw it. */
  readonly latencyMs: number;
  /** From sending to the first content of a stream; undefined where nothing was streamed. */
  readonly firstTokenMs: number | undefined;
  /** The provider's `system_fingerprint`; empty if there is none. */
  readonly fingerprint: string;
}

/** A request that was not. */
export interface Failed {
  readonly ok: false;
  readonly task: string;
  /** HTTP status, or 0 where there was none. */
  readonly status: number;
  readonly message: string;
}

export type Outcome = Answered | Failed;

/** Reads the `switchyard` object of an answer. Throws where it is not there or not what it should be. */
export function readReport(value: unknown): Report {
  if (typeof value !== "object" || value === null) {
    throw new Error("the answer carries no `switchyard` object: is this a Switchyard gateway?");
  }
  const report = value as Record<string, unknown>;
  const text = (key: string) => textField(report, key);
  const whole = (key: string) => BigInt(numberField(report, key));
  const classification = report.classification as { task?: string } | undefined;
  return {
    requestId: text("request_id"),
    model: text("model"),
    tier: text("tier"),
    task: classification?.task,
    cache: text("cache"),
    costUsdNanos: whole("cost_usd_nanos"),
    baselineCostUsdNanos: whole("baseline_cost_usd_nanos"),
    baselineModel: text("baseline_model"),
    overheadMs: numberField(report, "overhead_us") / 1000,
    attempts: Array.isArray(report.attempts) ? report.attempts.length : 0,
  };
}

function textField(report: Record<string, unknown>, key: string): string {
  const value = report[key];
  if (typeof value !== "string") throw new Error(`the answer's switchyard.${key} is not a text`);
  return value;
}

function numberField(report: Record<string, unknown>, key: string): number {
  const value = report[key];
  if (typeof value !== "number") throw new Error(`the answer's switchyard.${key} is not a number`);
  return value;
}
