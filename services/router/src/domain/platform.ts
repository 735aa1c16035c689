import type { Removal } from "../ports.ts";
import type { Answer } from "./answer.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Embedded, IncomingEmbedding } from "./embed.ts";
import type { Explanation } from "./explain.ts";
import type { Mending } from "./mend-cache.ts";
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
  /** Whether the stored answer was still there to remove. */
  reportBadHit(mending: Mending, entryId: string): Promise<boolean>;
  /** How many stored answers were removed. */
  invalidateCache(mending: Mending, removal: Removal): Promise<bigint>;
}
