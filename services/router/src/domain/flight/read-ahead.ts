/** Who watches a stream being read. */
export interface Watcher<T> {
  /** Each piece, as it comes. */
  read(piece: T): void;
  /** The reader has left before the end. */
  left(): void;
}

/**
 * Reads a stream as fast as it comes, whether its reader keeps up, lags or leaves: what stands behind it is for others, too.
 * What was read ahead waits in memory, so the stream must be bounded.
 */
export function readAhead<T>(source: AsyncIterable<T>, watcher: Watcher<T>): AsyncIterable<T> {
  const waiting: T[] = [];
  let end: { readonly error?: unknown } | undefined;
  let wake: () => void = () => undefined;
  const readOn = async () => {
    try {
      for await (const piece of source) {
        watcher.read(piece);
        waiting.push(piece);
        wake();
      }
      end = {};
    } catch (error) {
      end = { error };
    }
    wake();
  };
  void readOn();
  return (async function* () {
    try {
      for (;;) {
        const pieces = waiting.splice(0);
        yield* pieces;
        if (waiting.length > 0) continue;
        if (end) break;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (end && "error" in end) throw end.error;
    } finally {
      if (!end) watcher.left();
    }
  })();
}
