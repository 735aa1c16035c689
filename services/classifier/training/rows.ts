import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";

/** A labelled prompt, as the data folder has them. */
export interface Row {
  readonly text: string;
  readonly system: string | null;
  /** Name of the task in small letters; null where only the complexity is labelled. */
  readonly task: string | null;
  readonly source: string;
  readonly native: string;
  readonly group: string;
  readonly lang: string;
  /** 0 to 1, of a meaning that `cx_src` names; null: not labelled. */
  readonly complexity: number | null;
  readonly cx_src: string | null;
}

/** Reads JSON Lines, gzipped or not. Throws where the file does not exist or a line is no JSON. */
export function readRows(path: string): Row[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as Row);
}

/** The JSON Lines files of a folder, or the file itself. */
export function rowFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => /\.jsonl(\.gz)?$/.test(name))
    .sort()
    .map((name) => join(path, name));
}

/** A file's name and the SHA-256 of its bytes, for the model card. */
export function fingerprint(path: string): { readonly file: string; readonly sha256: string } {
  return { file: basename(path), sha256: createHash("sha256").update(readFileSync(path)).digest("hex") };
}
