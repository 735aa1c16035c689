/** Runs pieces of work in shared transactions. */
export interface GroupCommit<Context> {
  /** Resolves or rejects once the transaction that the work was part of is committed or has failed. */
  join<T>(work: (context: Context) => T): Promise<T>;
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>;
}

interface Member<Context> {
  readonly run: (context: Context) => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** So that one transaction never keeps the event loop for long. */
const mostAtOnce = 200;

/**
 * Gathers what arrives within a turn of the event loop and commits it at once: a commit costs more than the work in it. Where
 * a shared transaction fails, each piece is tried in one of its own, so that none suffers for another.
 */
export function groupCommit<Context>(
  transact: <T>(work: (context: Context) => T) => T,
  later: (callback: () => void) => void,
): GroupCommit<Context> {
  const waiting: Member<Context>[] = [];
  let idle = Promise.resolve();

  const settleAlone = ({ run, resolve, reject }: Member<Context>) => {
    try {
      transact(run);
      resolve();
    } catch (error) {
      reject(error);
    }
  };
  const flush = () => {
    const members = waiting.splice(0, mostAtOnce);
    if (waiting.length > 0) later(flush);
    try {
      transact((context) => {
        for (const { run } of members) run(context);
      });
    } catch {
      members.forEach(settleAlone);
      return;
    }
    for (const { resolve } of members) resolve();
  };

  return {
    join<T>(work: (context: Context) => T) {
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      let result: T;
      const run = (context: Context) => {
        result = work(context);
      };
      if (waiting.push({ run, resolve: () => resolve(result), reject }) === 1) later(flush);
      const done = promise.then(
        () => undefined,
        () => undefined,
      );
      idle = idle.then(() => done);
      return promise;
    },
    idle: () => idle,
  };
}
