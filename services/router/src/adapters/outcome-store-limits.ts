/** What a store of outcomes keeps. */
export interface OutcomeStoreLimits {
  /** How long a request can be judged, in milliseconds. */
  readonly keepMs: number;
  /** Requests that are kept, and judgements that are known again, at most. */
  readonly maxRequests: number;
  /** Versions that are kept beside the pinned one. */
  readonly maxVersions: number;
  /** Outcomes of one model at one task; from there on, all of them count half, so that it follows what changes. */
  readonly maxPerCell: number;
}
