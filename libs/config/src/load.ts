import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseDocument } from "yaml";
import type { z } from "zod";
import type { Surroundings } from "./references.ts";
import { type Config, configurationSchema } from "./schema.ts";

/** What is wrong with a configuration, one line per field. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** The configuration that ships with the project. */
export const defaultConfigPath = fileURLToPath(new URL("../../../deploy/config/switchyard.yaml", import.meta.url));

// npm runs a workspace's script in that workspace's folder; paths are meant from where the person stands.
const hereOf = (environment: NodeJS.ProcessEnv) => environment.INIT_CWD ?? process.cwd();

/** The file that SWITCHYARD_CONFIG names, or the one that ships. */
export function configPath(environment: NodeJS.ProcessEnv): string {
  const named = environment.SWITCHYARD_CONFIG;
  return named ? resolve(hereOf(environment), named) : defaultConfigPath;
}

/** Reads the file at {@link configPath}; `listed` is what providers were asked for. Throws {@link ConfigError}. */
export function loadConfig(environment: NodeJS.ProcessEnv, listed?: Surroundings["listed"]): Config {
  const path = configPath(environment);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigError(`cannot read the configuration: ${(error as Error).message}`);
  }
  const config = parseConfig(text, { environment, folder: dirname(path), ...(listed && { listed }) }, path);
  return { ...config, dataDirectory: resolve(hereOf(environment), config.dataDirectory) };
}

/** Parses YAML text strictly: an unknown key is an error that names it. Throws {@link ConfigError}. */
export function parseConfig(text: string, surroundings: Surroundings, source = "configuration"): Config {
  const document = parseDocument(text);
  const broken = document.errors[0];
  if (broken) throw new ConfigError(`${source}: ${broken.message}`);
  const parsed = configurationSchema(surroundings).safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  throw new ConfigError(`${source} is not valid:\n${describe(parsed.error).join("\n")}`);
}

function describe(error: z.ZodError): string[] {
  return error.issues.flatMap((issue) => {
    const at = issue.path.map(String);
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => `  ${[...at, key].join(".")}: unknown field`);
    }
    return [`  ${at.join(".") || "(root)"}: ${issue.message}`];
  });
}
