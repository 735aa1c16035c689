import type { Logger } from "@switchyard/telemetry";
import { largestUserShares, type UserUse } from "./domain/user-shares.ts";

export interface UserShares {
  /** Resolves once nothing is measured any more. */
  stop(): Promise<void>;
}

export interface UserShareOptions {
  readonly intervalMs: number;
  readonly logger: Logger;
  /** What users used in the running day. */
  readonly usesToday: () => Promise<readonly UserUse[]>;
  readonly limitsOf: Parameters<typeof largestUserShares>[1];
  readonly tell: (tenant: string, share: number) => void;
}

/** Measures again and again how much of its tenant's day the busiest user took, which no counter without users' names could say. */
export function startUserShares({ intervalMs, logger, usesToday, limitsOf, tell }: UserShareOptions): UserShares {
  let told = new Set<string>();
  let running: Promise<void> = Promise.resolve();
  const measure = async () => {
    try {
      const shares = largestUserShares(await usesToday(), limitsOf);
      for (const [tenant, share] of shares) tell(tenant, share);
      // A new day begins at nothing.
      for (const tenant of told) if (!shares.has(tenant)) tell(tenant, 0);
      told = new Set(shares.keys());
    } catch (error) {
      logger.debug({ err: error }, "cannot sum up what users used");
    }
  };
  const timer = setInterval(() => {
    running = running.then(measure);
  }, intervalMs).unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
