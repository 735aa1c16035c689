import type { LoggedRequest } from "./logged-request.ts";
import { createCsvReader } from "./read-csv.ts";
import { readOpenAiLine } from "./read-openai-line.ts";
import { splitLines } from "./split-lines.ts";

export type LogFormat = "jsonl" | "csv";

/** What was read beside the requests. */
export interface ReadingTally {
  readonly format: LogFormat;
  readonly bytes: number;
  /** Lines of requests that failed and cost nothing. */
  readonly failedRequests: number;
  /** Lines that could not be used, and the first few of them. */
  readonly unusableLines: number;
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

export interface LogSource {
  readonly stream: AsyncIterable<Buffer>;
  /** Undefined where it is not known beforehand. */
  readonly format: LogFormat | undefined;
  onRequest(request: LoggedRequest): void;
  /** Called now and then while reading. */
  onChunk(): void;
  readonly signal: AbortSignal;
}

/** A line or CSV record may be this long; what is longer is no request. */
const longestBytes = 64 * 1024 * 1024;
const problemsKept = 5;

/** Streams a log through `onRequest`; holds one line at a time. Throws CommandError where the CSV header is of no use. */
export async function readLog({ stream, format: given, onRequest, onChunk, signal }: LogSource): Promise<ReadingTally> {
  const csv = createCsvReader(longestBytes);
  const problems: { line: number; message: string }[] = [];
  let format = given;
  let [bytes, failedRequests, unusableLines] = [0, 0, 0];
  const onProblem = (line: number, message: string) => {
    if (problems.length < problemsKept) problems.push({ line, message });
    unusableLines++;
  };
  const lines = splitLines(
    {
      onLine(text, line) {
        format ??= text.trimStart().startsWith("{") ? "jsonl" : "csv";
        const read = format === "csv" ? csv.read(text) : readOpenAiLine(text);
        if (read === undefined) return;
        if ("unusable" in read) onProblem(line, read.unusable);
        else if ("failed" in read) failedRequests++;
        else onRequest(read);
      },
      onTooLong: (line) => onProblem(line, `longer than ${longestBytes / 1024 / 1024} MiB`),
    },
    longestBytes,
  );
  for await (const chunk of stream) {
    signal.throwIfAborted();
    bytes += chunk.length;
    lines.push(chunk);
    onChunk();
  }
  lines.end();
  if (csv.isOpen()) onProblem(0, "the file ends inside a quoted field");
  return { format: format ?? "jsonl", bytes, failedRequests, unusableLines, problems };
}
