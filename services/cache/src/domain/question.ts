import type { ChatRequest } from "@switchyard/contracts/vocabulary/chat";
import type { CachePolicy, Sensitivity } from "@switchyard/contracts/vocabulary/routing";

/** A request that may have been answered before. */
export interface Question {
  readonly tenant: string;
  /** Empty: none. */
  readonly user: string;
  readonly sensitivity: Sensitivity;
  readonly chat: ChatRequest;
  readonly policy: CachePolicy;
  /** Empty: none. */
  readonly idempotencyKey: string;
  /** What else the answer depends on, as canonical text. */
  readonly scope: string;
  /** Whether it can wait for another's answer. */
  readonly mayFollow: boolean;
}
