import type { Logger } from "@switchyard/telemetry";

/** Logs when a peer goes out of reach and when it is back, not every request in between. */
export interface OutageLog {
  failed(error: unknown): void;
  worked(): void;
}

export function outageLog(logger: Logger, peer: string): OutageLog {
  let isOut = false;
  return {
    failed(error) {
      if (!isOut) logger.warn({ err: error, peer }, `the ${peer} is out of reach`);
      isOut = true;
    },
    worked() {
      if (isOut) logger.info({ peer }, `the ${peer} is back`);
      isOut = false;
    },
  };
}
