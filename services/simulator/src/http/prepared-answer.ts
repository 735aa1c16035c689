import type { SimulatedChoice } from "../domain/answer.ts";
import type { CompletionFrame, CompletionUsage } from "../domain/completion.ts";
import type { Fault } from "../domain/fault.ts";
import type { Pace } from "./pacing.ts";
import type { ServedLine } from "./served-log.ts";

/** An answer that is ready to be sent, with the line of the log to keep. */
export interface PreparedAnswer {
  readonly frame: CompletionFrame;
  readonly choices: readonly SimulatedChoice[];
  readonly usage: CompletionUsage;
  readonly pace: Pace;
  readonly fault: Fault | undefined;
  readonly line: ServedLine;
}
