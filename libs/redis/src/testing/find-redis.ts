import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { unpackDebianRedis } from "./debian-redis.ts";

const run = promisify(execFile);

/** How to start a Redis server: a command and the arguments that come before the server's own. */
export interface RedisProgram {
  readonly command: string;
  readonly leadingArgs: readonly string[];
}

export const oldestRedis = 8;

const advice =
  `install Redis >= ${oldestRedis} so that \`redis-server\` is on the PATH, or set REDIS_URL to a running server ` +
  "that tests may write to";

/**
 * Finds a Redis >= 8: `redis-server` on the PATH, else Debian's packages, unpacked once into `folder`. Rejects with an
 * Error that says what was tried and what to install.
 */
export async function findRedis(folder: string): Promise<RedisProgram> {
  const onPath: RedisProgram = { command: "redis-server", leadingArgs: [] };
  const tried: string[] = [];
  const installed = await majorVersion(onPath);
  if (installed !== undefined && installed >= oldestRedis) return onPath;
  tried.push(
    installed === undefined ? "no redis-server on the PATH" : `redis-server on the PATH is version ${installed}`,
  );
  try {
    const unpacked = await unpackDebianRedis(folder);
    const version = await majorVersion(unpacked);
    if (version !== undefined && version >= oldestRedis) return unpacked;
    tried.push(`the server unpacked into ${folder} does not run, or is too old`);
  } catch (error) {
    tried.push(`Debian's packages could not be used: ${(error as Error).message}`);
  }
  throw new Error(`no Redis >= ${oldestRedis} to test with: ${advice}. Tried:\n- ${tried.join("\n- ")}`);
}

/** Undefined where the program does not run or does not say. */
async function majorVersion({ command, leadingArgs }: RedisProgram): Promise<number | undefined> {
  try {
    const { stdout } = await run(command, [...leadingArgs, "--version"]);
    return majorOf(stdout);
  } catch {
    return undefined;
  }
}

/** Major version in the output of `redis-server --version`: `Redis server v=8.0.2 sha=...`. */
export function majorOf(output: string): number | undefined {
  const major = /\bv=(\d+)\./.exec(output)?.[1];
  return major === undefined ? undefined : Number(major);
}
