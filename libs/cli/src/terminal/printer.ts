import { once } from "node:events";

/** Writes a long output no faster than it is read. */
export interface Printer extends Disposable {
  /** Resolves to whether anybody still reads: after `| head` has had enough, nobody does. */
  print(text: string): Promise<boolean>;
}

/** A printer to a stream. An error of the stream other than that its reader has gone is thrown by the next print. */
export function createPrinter(stream: NodeJS.WritableStream): Printer {
  let failure: NodeJS.ErrnoException | undefined;
  const onError = (error: NodeJS.ErrnoException) => {
    failure = error;
  };
  stream.on("error", onError);
  const isRead = () => {
    if (failure !== undefined && failure.code !== "EPIPE") throw failure;
    return failure === undefined;
  };
  return {
    async print(text) {
      if (!isRead()) return false;
      if (!stream.write(text)) await once(stream, "drain").catch(() => undefined);
      return isRead();
    },
    // The error of a last write may still be on its way.
    [Symbol.dispose]: () => void setImmediate(() => stream.removeListener("error", onError)),
  };
}
