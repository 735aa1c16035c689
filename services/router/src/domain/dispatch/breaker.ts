import { rollingCounts } from "./rolling-counts.ts";

/** When a deployment is spared, and for how long. */
export interface BreakerPolicy {
  readonly windowMs: number;
  /** Fewer attempts than this in the window say nothing. */
  readonly minAttempts: number;
  /** Share of attempts that failed, from which on it opens. */
  readonly failureRate: number;
  /** What counts as too long, in milliseconds. */
  readonly slowMs: number;
  /** Share of attempts that took too long, from which on it opens. */
  readonly slowRate: number;
  /** How long it stays open before one attempt may probe; doubled for each probe that fails. */
  readonly openMs: number;
  readonly maxOpenMs: number;
}

export type BreakerState = "closed" | "open" | "half_open";

/** What an attempt says of the health of what it was made at. */
export type Health = "good" | "bad" | "neutral";

/** One attempt under the breaker. */
export interface BreakerPass {
  /** Content has come: enough, unless it was slow, for a probe to close the breaker, long before a stream is over. */
  answered(): void;
  /** The attempt is over; `tookMs` is to the first content of a stream, or to the end of a whole answer. */
  ended(health: Health, tookMs: number): void;
}

/**
 * A circuit breaker (M. Nygard, "Release It!"): closed, open, half-open with one probe at a time. A probe that brings nothing
 * for as long as a failed one would keep it open is left to itself, and another may probe: it may hang for minutes.
 */
export interface Breaker {
  state(): BreakerState;
  /** Whether an attempt may be made as usual, or as the probe. */
  isAdmitting(): boolean;
  /** Begins an attempt, admitted or as a last resort; its end must be told. */
  begin(): BreakerPass;
  /** Keeps it open for at least so long from now, at most the policy's longest: `source` knows that it is of no use. */
  holdOpen(milliseconds: number, source: BreakerNews["source"]): void;
}

/** A breaker opened, for so many milliseconds, or closed; by what it saw itself, or by what it heard. */
export interface BreakerNews {
  readonly state: "open" | "closed";
  readonly openMs: number;
  readonly source: "seen" | "heard";
}

const all = 0;
const failed = 1;
const slow = 2;

/** `onChange` is told when it opens and when it closes. `nowMs` must never go back. */
export function createBreaker(
  policy: BreakerPolicy,
  nowMs: () => number,
  onChange: (news: BreakerNews) => void,
): Breaker {
  const counts = rollingCounts(3, policy.windowMs, nowMs);
  let probeAtMs: number | undefined;
  let nextOpenMs = policy.openMs;
  /** The probe under way, and until when it is waited for alone. */
  let probe: object | undefined;
  let probingUntilMs = 0;
  /** Tells attempts that began before it opened from those that began after. */
  let opened = 0;

  const open = (forMs: number, source: BreakerNews["source"] = "seen") => {
    probeAtMs = nowMs() + forMs;
    nextOpenMs = Math.min(policy.maxOpenMs, forMs * 2);
    opened += 1;
    probe = undefined;
    counts.clear();
    onChange({ state: "open", openMs: forMs, source });
  };
  const close = () => {
    probeAtMs = undefined;
    nextOpenMs = policy.openMs;
    probe = undefined;
    onChange({ state: "closed", openMs: 0, source: "seen" });
  };
  const isDown = () => {
    const attempts = counts.sum(all);
    if (attempts < policy.minAttempts) return false;
    const isMuch = (kind: number, rate: number) => counts.sum(kind) > 0 && counts.sum(kind) >= rate * attempts;
    return isMuch(failed, policy.failureRate) || isMuch(slow, policy.slowRate);
  };
  const state = (): BreakerState => (probeAtMs === undefined ? "closed" : nowMs() < probeAtMs ? "open" : "half_open");
  const mayProbe = () => state() === "half_open" && (probe === undefined || nowMs() >= probingUntilMs);
  const beginProbe = (pass: object) => {
    // One that hangs is as good as failed.
    if (probe !== undefined) nextOpenMs = Math.min(policy.maxOpenMs, nextOpenMs * 2);
    probe = pass;
    probingUntilMs = nowMs() + nextOpenMs;
  };

  return {
    state,
    isAdmitting: () => probeAtMs === undefined || mayProbe(),
    begin() {
      const since = opened;
      const beganMs = nowMs();
      const own = {};
      if (mayProbe()) beginProbe(own);
      // What an attempt that began before it opened brings is old news.
      const isCurrent = () => since === opened;
      const answered = () => {
        const isSlow = nowMs() - beganMs >= policy.slowMs;
        if (probeAtMs !== undefined && isCurrent() && !isSlow) close();
      };
      return {
        answered,
        ended(health, tookMs) {
          if (!isCurrent()) return;
          const isProbe = probe === own;
          if (isProbe) probe = undefined;
          if (health === "neutral") return;
          if (health === "good") answered();
          if (probeAtMs !== undefined) {
            // Last resorts fail here too; only a probe that failed or was slow counts against it.
            if (isProbe) open(nextOpenMs);
            return;
          }
          counts.add(all);
          if (health === "bad") counts.add(failed);
          if (tookMs >= policy.slowMs) counts.add(slow);
          if (isDown()) open(policy.openMs);
        },
      };
    },
    holdOpen(milliseconds, source) {
      const forMs = Math.min(milliseconds, policy.maxOpenMs);
      if (forMs > (probeAtMs === undefined ? 0 : probeAtMs - nowMs())) open(forMs, source);
    },
  };
}
