import type { Removal } from "../ports.ts";
import type { Answer } from "./answer.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Embedded, IncomingEmbedding } from "./embed.ts";
import type { Explanation } from "./explain.ts";
import type { Mending } from "./mend-cache.ts";
import type { Learner } from "./outcomes/learner.ts";
import type { OutcomeReport } from "./outcomes/record-outcome.ts";
import type { Credentials, Incoming } from "./request.ts";

/** What the RPCs ask of the domain, wired. Every method throws Refusal. */
export interface Platform {
  readonly catalogue: Catalogue;
  /** How models are ordered, by the name of the configuration. */
  readonly policyKind: string;
  /** Time a request gets whose caller set no deadline, in milliseconds. */
  readonly defaultDeadlineMs: number;
  /** Whether the caller may see anything at all. */
  admit(credentials: Credentials): void;
  complete(incoming: Incoming): Promise<Answer>;
  embed(incoming: IncomingEmbedding): Promise<Embedded>;
  explain(incoming: Incoming): Promise<Explanation>;
  /** Counts a judgement; false where its source has judged the request before. */
  recordOutcome(report: OutcomeReport): Promise<boolean>;
  /** The versions of the policy, for who may change it. */
  govern(credentials: Credentials): Learner;
  /** Whether the stored answer was still there to remove. */
  reportBadHit(mending: Mending, entryId: string): Promise<boolean>;
  /** How many stored answers were removed. */
  invalidateCache(mending: Mending, removal: Removal): Promise<bigint>;
}
