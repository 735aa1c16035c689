import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";

/** A labelled prompt, as far as the benchmark reads it. */
export interface LabelledPrompt {
  readonly text: string;
  readonly system: string | null;
  /** Name of the task in small letters; null where only the complexity is labelled. */
  readonly task: string | null;
  readonly source: string;
  /** 0 to 1, of a meaning that `cx_src` names; null or absent: not labelled. */
  readonly complexity?: number | null;
  readonly cx_src?: string | null;
}

/**
 * Files of this name are about complexity. Their prompts are drawn anew, so that some of them stand among the tasks trained
 * on: their tasks measure nothing.
 */
const complexityFile = /^complexity/;

/**
 * Reads labelled prompts from a file of JSON Lines (gzipped or not), or from the files of a folder: those whose names say
 * `dev` if there are any, since the others were trained on, otherwise all. Throws where the path does not exist.
 */
export function readPrompts(path: string): LabelledPrompt[] {
  return filesOf(path).flatMap((file) => {
    const bytes = readFileSync(file);
    const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
    return text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) => JSON.parse(line) as LabelledPrompt)
      .map((prompt) => (complexityFile.test(basename(file)) ? { ...prompt, task: null } : prompt));
  });
}

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => /\.jsonl(?:\.gz)?$/.test(name));
  const dev = names.filter((name) => /dev/.test(name));
  return (dev.length > 0 ? dev : names).sort().map((name) => join(path, name));
}
