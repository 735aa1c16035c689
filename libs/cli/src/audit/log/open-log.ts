import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
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
}

/**
 * Opens a file, `.gz` or not, or what is piped in for `-`. `onBytes` is told of every piece as it leaves the disk. Throws
 * CommandError where it cannot be read.
 */
export async function openLog(
  path: string,
  input: NodeJS.ReadableStream,
  onBytes: (count: number) => void,
): Promise<OpenLog> {
  if (path === "-") return { stream: counted(input, onBytes), format: undefined, totalBytes: undefined };
  const unreadable = (error: NodeJS.ErrnoException) =>
    new CommandError(error.code === "ENOENT" ? `no file "${path}"` : `cannot read "${path}": ${error.message}`);
  const found = await stat(path).catch((error) => {
    throw unreadable(error);
  });
  if (found.isDirectory()) throw new CommandError(`"${path}" is a folder, not a log`);
  const raw = counted(createReadStream(path, { highWaterMark: 1024 * 1024 }), onBytes);
  // What goes wrong reaches the reader through the unpacked stream.
  const stream = path.endsWith(".gz") ? pipeline(Readable.from(raw), createGunzip(), () => undefined) : raw;
  const name = path.replace(/\.gz$/, "");
  const format = /\.csv$/i.test(name) ? "csv" : /\.(jsonl|ndjson)$/i.test(name) ? "jsonl" : undefined;
  return { stream: telling(stream, unreadable), format, totalBytes: found.size };
}

async function* counted(
  stream: AsyncIterable<Buffer | string>,
  onBytes: (count: number) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
    onBytes(bytes.length);
    yield bytes;
  }
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
