import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { ConfigError, configPath, loadConfig } from "./load.ts";
import type { Config } from "./schema.ts";

/** Told of what became of a changed file: a configuration, or why it is none. */
export type OnConfig = (change: { readonly config: Config } | { readonly reason: string }) => void;

/** Looks for changes of the file until it is disposed. Files that are swapped behind a symbolic link, as in Kubernetes, are seen. */
export function followConfig(environment: NodeJS.ProcessEnv, intervalMs: number, onChange: OnConfig): Disposable {
  const path = configPath(environment);
  let known: string | undefined = readFileSync(path, "utf8");
  const look = async () => {
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text === known) return;
    known = text;
    try {
      onChange({ config: loadConfig(environment) });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      onChange({ reason: error.message });
    }
  };
  // Read and not watched: a watch on a file loses it when it is replaced, and says nothing where the file system is another machine's.
  const timer = setInterval(() => void look(), intervalMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
