import type { Outcome } from "./outcome.ts";
import { usd } from "./print.ts";

/** Tells people how far a run is. */
export interface Progress {
  update(outcome: Outcome): void;
  finish(): void;
}

const barWidth = 30;
/** Without a terminal, a line for every so many requests. */
const linesApart = 50;

/** A bar on a terminal, a few plain lines elsewhere. */
export function createProgress(total: number, stream: NodeJS.WriteStream): Progress {
  let done = 0;
  let failed = 0;
  let cost = 0n;
  let baseline = 0n;
  const state = () => `${done}/${total}, ${failed} failed, ${usd(cost)} instead of ${usd(baseline)}`;
  return {
    update(outcome) {
      done++;
      if (outcome.ok) {
        cost += outcome.report.costUsdNanos;
        baseline += outcome.report.baselineCostUsdNanos;
      } else failed++;
      if (stream.isTTY) {
        const filled = Math.round((barWidth * done) / total);
        stream.write(`\r\x1b[K[${"#".repeat(filled)}${".".repeat(barWidth - filled)}] ${state()}`);
      } else if (done % linesApart === 0 || done === total) stream.write(`${state()}\n`);
    },
    finish() {
      if (stream.isTTY) stream.write("\r\x1b[K");
    },
  };
}
