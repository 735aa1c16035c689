/** How a caller asks. */
export interface Way {
  readonly protocol: "grpc" | "http";
  readonly isStreamed: boolean;
}

/** Every way of asking: both protocols, whole and streamed. */
export const ways: readonly Way[] = [
  { protocol: "grpc", isStreamed: false },
  { protocol: "grpc", isStreamed: true },
  { protocol: "http", isStreamed: false },
  { protocol: "http", isStreamed: true },
];
export const wholeWays = ways.filter(({ isStreamed }) => !isStreamed);
export const streamedWays = ways.filter(({ isStreamed }) => isStreamed);

/** What a caller asks. */
export interface Question {
  readonly model: string;
  readonly text: string;
  /** Names the request in the ledger. */
  readonly feature: string;
  /** Trace that the request continues. */
  readonly traceId: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Called with the number of characters heard, for each piece of text. */
  readonly onText: (characters: number) => void;
}

/** An error as the caller saw it, in whichever protocol. */
export interface HeardError {
  /** The stable reason; `CANCELLED` also where the caller itself hung up. */
  readonly reason: string;
  /** gRPC or HTTP status; undefined for an error in the middle of an HTTP stream. */
  readonly status: number | undefined;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly retryAfterMs: number | undefined;
}

/** The story of an answer as the caller was told it. */
export interface HeardReport {
  readonly model: string;
  readonly provider: string;
  readonly cache: "miss" | "hit" | "other";
  readonly attempts: readonly HeardAttempt[];
  readonly costUsdNanos: bigint;
  /** Where another model took the answer over. */
  readonly continuations: readonly Continued[];
  /** Models that were not asked, and the stable word for why. */
  readonly passedOver: readonly { readonly model: string; readonly reason: string }[];
}

export interface HeardAttempt {
  readonly model: string;
  readonly provider: string;
  readonly outcome: string;
  readonly hedge: boolean;
}

export interface Continued {
  readonly from: string;
  readonly to: string;
  readonly method: string;
  readonly afterCharacters: number;
}

/** What a caller saw of one request, the same for gRPC and HTTP. */
export interface Heard {
  readonly text: string;
  readonly finishReason: string | undefined;
  /** The model that the platform announced before the answer: in the first message, or in the response's head. */
  readonly announcedModel: string | undefined;
  /** How much of the answer was there when the caller was told that another model goes on; empty: it was not told. */
  readonly newsAt: readonly number[];
  /** The model that the answer itself names. */
  readonly answeringModel: string | undefined;
  /** Whether the answer ended the way a whole one does: for streams, the end of the call or `[DONE]`. */
  readonly hasEndedCleanly: boolean;
  readonly error: HeardError | undefined;
  readonly report: HeardReport | undefined;
  /** Tokens as the caller was told them. */
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number } | undefined;
}

/** What is known of an answer while it arrives. */
export type Hearing = { -readonly [Field in keyof Heard]: Heard[Field] };

export const nothingHeard = (): Hearing => ({
  text: "",
  finishReason: undefined,
  announcedModel: undefined,
  newsAt: [],
  answeringModel: undefined,
  hasEndedCleanly: false,
  error: undefined,
  report: undefined,
  usage: undefined,
});
