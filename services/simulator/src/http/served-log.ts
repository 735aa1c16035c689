/** One request that was in order, as a provider would bill it. */
export interface Served {
  /** Its number since the start, from 1. */
  readonly sequence: number;
  readonly endpoint: "chat" | "embeddings";
  readonly model: string;
  readonly stream: boolean;
  /** Input tokens; 0 if it was refused before it was worked on. */
  readonly promptTokens: number;
  /** Of the input: read from the prefix cache. */
  readonly cachedTokens: number;
  /** Output tokens that were sent. */
  readonly completionTokens: number;
  /** Whether the whole answer was sent. */
  readonly completed: boolean;
  /** Whether the caller hung up before that. */
  readonly aborted: boolean;
  /** What went wrong on purpose. */
  readonly fault: string | undefined;
}

/** A line of the log while its request is worked on. */
export type ServedLine = { -readonly [Field in keyof Served]: Served[Field] };

/** Lines kept; the oldest go first. */
const mostLines = 100_000;

export interface ServedLog {
  begin(line: Pick<Served, "sequence" | "endpoint" | "model" | "stream">): ServedLine;
  /** Every line so far, in the order the requests came, those in progress too. */
  lines(): readonly Served[];
}

export function createServedLog(): ServedLog {
  let lines: ServedLine[] = [];
  return {
    begin(start) {
      const line: ServedLine = {
        ...start,
        promptTokens: 0,
        cachedTokens: 0,
        completionTokens: 0,
        completed: false,
        aborted: false,
        fault: undefined,
      };
      lines.push(line);
      if (lines.length > 2 * mostLines) lines = lines.slice(-mostLines);
      return line;
    },
    lines: () => lines.slice(-mostLines).map((line) => ({ ...line })),
  };
}
