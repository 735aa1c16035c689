import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** How a target is loaded. */
export interface Load {
  /** Where an HTTP target takes chat requests; `host:port` of a gRPC one. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The request as JSON in OpenAI's form; `[<id>]` becomes another text in every request. */
  readonly body: string;
  readonly connections: number;
  readonly durationMs: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** Answers that were none. */
  readonly failures: number;
}

const run = promisify(execFile);
const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Runs one load to its end, in a process of its own. */
export async function runLoad(kind: "http" | "grpc", load: Load, rivals: string): Promise<LoadResult> {
  const file = kind === "http" ? script("http-load.ts") : script("grpc-load.ts");
  const { stdout } = await run(process.execPath, [file, rivals, JSON.stringify(load)], { maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(stdout) as LoadResult;
}
