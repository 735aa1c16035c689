import type { Logger } from "@switchyard/telemetry";

/** Logs an event at once, and its repetitions as one line every so often that says how many there were. */
export interface SteadyLog {
  /** `key` tells events of the same kind from each other; a handful, not one per request. */
  event(key: string, fields: Readonly<Record<string, unknown>>, message: string): void;
}

export function steadyLog(logger: Logger, nowMs: () => number, everyMs = 10_000): SteadyLog {
  const kinds = new Map<string, { saidAtMs: number; unsaid: number }>();
  return {
    event(key, fields, message) {
      const kind = kinds.get(key) ?? { saidAtMs: Number.NEGATIVE_INFINITY, unsaid: 0 };
      kinds.set(key, kind);
      kind.unsaid += 1;
      if (nowMs() - kind.saidAtMs < everyMs) return;
      logger.warn({ ...fields, times: kind.unsaid }, message);
      kind.saidAtMs = nowMs();
      kind.unsaid = 0;
    },
  };
}
