import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";

/** Two prompts, with the turns before them where there were any, and whether one answer is right for both. */
export interface PairRow {
  readonly a: string;
  readonly b: string;
  readonly same: boolean;
  readonly source: string;
  readonly kind: string;
  readonly contextA: readonly string[];
  readonly contextB: readonly string[];
}

export interface IntentRow {
  readonly text: string;
  readonly intent: string;
  readonly source: string;
}

export type DataFile = { readonly stem: string } & (
  | { readonly form: "pairs"; readonly rows: readonly PairRow[] }
  | { readonly form: "intents"; readonly rows: readonly IntentRow[] }
);

const ending = /\.jsonl(\.gz)?$/;

/** Reads a file, or all files of a folder, in the form of the semantic-cache data. Throws on a line of another form. */
export function readFiles(path: string): DataFile[] {
  const files = statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => ending.test(name))
        .sort()
        .map((name) => join(path, name))
    : [path];
  return files.map(readFile);
}

function readFile(path: string): DataFile {
  const bytes = readFileSync(path);
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const stem = basename(path).replace(ending, "");
  const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return parsed[0] && "intent" in parsed[0]
    ? { stem, form: "intents", rows: parsed.map((row) => intentRow(row, path)) }
    : { stem, form: "pairs", rows: parsed.map((row) => pairRow(row, path)) };
}

function intentRow({ text, intent, source }: Record<string, unknown>, path: string): IntentRow {
  if (typeof text !== "string") throw new Error(`${path}: a line without a text`);
  return { text, intent: String(intent), source: typeof source === "string" ? source : "unnamed" };
}

function pairRow(row: Record<string, unknown>, path: string): PairRow {
  const { a, b, same, source, kind } = row;
  if (typeof a !== "string" || typeof b !== "string") throw new Error(`${path}: a line without a and b`);
  return {
    a,
    b,
    same: same === true || same === 1,
    source: typeof source === "string" ? source : "unnamed",
    kind: typeof kind === "string" ? kind : "",
    contextA: turns(row.context_a),
    contextB: turns(row.context_b),
  };
}

const turns = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(String) : value === undefined || value === null ? [] : [String(value)];
