import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { addAbortSignal, pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { CommandError } from "../../command.ts";
import type { LogFormat } from "./read-log.ts";

/** A log that can be streamed. */
export interface OpenLog {
  readonly stream: AsyncIterable<Buffer>;
  /** Undefined where the name does not tell. */
  readonly format: LogFormat | undefined;
  /** Bytes on the disk; undefined for a pipe. */
  readonly totalBytes: number | undefined;
  /** Bytes that have left the disk or the pipe. */
  bytesRead(): number;
}

/**
 * Opens a file, `.gz` or not, or what is piped in for `-`; reading begins with the first line asked for. Throws CommandError where
 * it cannot be read. Reading fails at once when the signal aborts.
 */
export async function openLog(path: string, input: Readable, signal: AbortSignal): Promise<OpenLog> {
  let bytesRead = 0;
  async function* counted(open: () => AsyncIterable<Buffer | string>): AsyncGenerator<Buffer> {
    for await (const chunk of open()) {
      const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
      bytesRead += bytes.length;
      yield bytes;
    }
  }
  const progress = { bytesRead: () => bytesRead };
  if (path === "-")
    return {
      stream: counted(() => addAbortSignal(signal, input)),
      format: undefined,
      totalBytes: undefined,
      ...progress,
    };
  const unreadable = (error: NodeJS.ErrnoException) =>
    new CommandError(error.code === "ENOENT" ? `no file "${path}"` : `cannot read "${path}": ${error.message}`);
  const found = await stat(path).catch((error) => {
    throw unreadable(error);
  });
  if (found.isDirectory()) throw new CommandError(`"${path}" is a folder, not a log`);
  const raw = counted(() => createReadStream(path, { highWaterMark: 1024 * 1024, signal }));
  // What goes wrong reaches the reader through the unpacked stream.
  const stream = path.endsWith(".gz") ? pipeline(Readable.from(raw), createGunzip(), () => undefined) : raw;
  return { stream: telling(stream, unreadable), format: formatOf(path), totalBytes: found.size, ...progress };
}

function formatOf(path: string): LogFormat | undefined {
  const name = path.replace(/\.gz$/, "");
  if (/\.csv$/i.test(name)) return "csv";
  return /\.(jsonl|ndjson)$/i.test(name) ? "jsonl" : undefined;
}

async function* telling(
  stream: AsyncIterable<Buffer>,
  toError: (error: NodeJS.ErrnoException) => CommandError,
): AsyncIterable<Buffer> {
  const chunks = stream[Symbol.asyncIterator]();
  for (;;) {
    const next = await chunks.next().catch((error) => {
      throw toError(error);
    });
    if (next.done) return;
    yield next.value;
  }
}
