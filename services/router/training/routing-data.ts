import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";

/** A prompt and how well each model answered it. */
export interface RoutingRow {
  readonly id: string;
  /** Set, or set/task. */
  readonly source: string;
  readonly prompt: string;
  /** Estimated input tokens. */
  readonly tok_in: number;
  /** Model to its score, 0 to 1, and the estimated tokens of its answer. */
  readonly models: Readonly<Record<string, { readonly score: number; readonly tok_out?: number }>>;
}

/** A file of rows; its stem is its name without `.jsonl` and `.gz`. */
export interface RoutingFile {
  readonly stem: string;
  readonly path: string;
}

/** The routing files at a path: the file itself, or those of the folder, by name. */
export function routingFiles(path: string): RoutingFile[] {
  const paths = statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => /\.jsonl(\.gz)?$/.test(name))
        .sort()
        .map((name) => join(path, name))
    : [path];
  return paths.map((one) => ({
    stem: basename(one)
      .replace(/\.gz$/, "")
      .replace(/\.jsonl$/, ""),
    path: one,
  }));
}

/** Reads the JSON lines of a file, gzipped or not. */
export function readLines<Row>(path: string): Row[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  return text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [JSON.parse(line) as Row]));
}

/** The set of a row: what stands before the first slash of its source. */
export const setOf = ({ source }: RoutingRow): string => source.split("/")[0] as string;

/** SHA-256 over files, in hex: what weights were trained on. */
export function hashOfFiles(paths: readonly string[]): string {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(readFileSync(path));
  return hash.digest("hex");
}

/** Which of `folds` parts a prompt belongs to; one question is in one part, whatever its choices. */
export function foldOf(prompt: string, folds: number): number {
  const choices = prompt.search(/\n\(?A[.)] /);
  const question = (choices < 0 ? prompt : prompt.slice(0, choices)).toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  return createHash("sha256").update(question.slice(0, 160)).digest().readUInt32LE(0) % folds;
}
