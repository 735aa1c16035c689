/** Writes that share transactions. */
export interface WriteBatches<Write> {
  /** Resolves with what became of the write once it is in the file; rejects as its transaction does. */
  add(write: Write): Promise<boolean>;
  /** Does now what waits, so that what comes next finds it done. */
  flush(): void;
}

interface Waiting<Write> {
  readonly write: Write;
  resolve(isWritten: boolean): void;
  reject(fault: unknown): void;
}

/** What comes within these is written at once. Nobody waits for it but a repeated request that has a key. */
const gatherMs = 5;
/** So that one transaction never keeps the event loop for long. */
const mostAtOnce = 100;

/**
 * Gathers writes for a few milliseconds, as a transaction costs more than a write in it. Where a shared transaction fails, each
 * write is tried in one of its own, so that none suffers for another.
 */
export function writeBatches<Write>(writeAll: (writes: readonly Write[]) => boolean[]): WriteBatches<Write> {
  let waiting: Waiting<Write>[] = [];
  let timer: NodeJS.Timeout | undefined;

  function writeAlone({ write, resolve, reject }: Waiting<Write>): void {
    try {
      resolve(writeAll([write])[0] === true);
    } catch (fault) {
      reject(fault);
    }
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    try {
      const written = writeAll(batch.map(({ write }) => write));
      batch.forEach(({ resolve }, index) => void resolve(written[index] === true));
    } catch {
      batch.forEach(writeAlone);
    }
  }

  return {
    add: (write) =>
      new Promise((resolve, reject) => {
        waiting.push({ write, resolve, reject });
        if (waiting.length >= mostAtOnce) flush();
        else timer ??= setTimeout(flush, gatherMs);
      }),
    flush,
  };
}
