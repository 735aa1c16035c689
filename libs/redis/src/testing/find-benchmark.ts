import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { RedisProgram } from "./find-redis.ts";
import { findProgram } from "./start-redis.ts";

const run = promisify(execFile);

/** Finds the `redis-benchmark` that came with the `redis-server` tests start; undefined: there is none. */
export async function findBenchmark(): Promise<RedisProgram | undefined> {
  try {
    const { command, leadingArgs } = await findProgram();
    const renamed = (part: string) => part.replace(/redis-server$/, "redis-benchmark");
    const program = { command: renamed(command), leadingArgs: leadingArgs.map(renamed) };
    await run(program.command, [...program.leadingArgs, "--version"]);
    return program;
  } catch {
    return undefined;
  }
}
