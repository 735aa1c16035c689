/** One request as the fault provider saw it: its own ledger, to hold the platform's against. */
export interface Served {
  readonly sequence: number;
  readonly model: string;
  /** Which of the provider's keys came with it, from 0; -1 for none of them. */
  readonly keyIndex: number;
  readonly isStreamed: boolean;
  readonly messages: readonly WireMessage[];
  /** When it arrived, in milliseconds of `performance.now()`. */
  readonly arrivedMs: number;
  /** Status of the response; undefined while none was sent. */
  status: number | undefined;
  readonly promptTokens: number;
  /** Tokens of the answer that went out. */
  completionTokens: number;
  /** The text that went out piece by piece: what can be counted where no usage is told. */
  streamedText: string;
  /** Whether the provider told its usage. */
  hasReportedUsage: boolean;
  /** When the response was over or its socket closed; undefined while it is open. */
  closedMs: number | undefined;
  /** Whether the caller hung up before the provider was done. */
  isAbandoned: boolean;
}

/** A message of a request as OpenAI writes it. */
export interface WireMessage {
  readonly role: string;
  readonly content: string | null;
}
