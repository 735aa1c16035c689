import type { Readable } from "node:stream";

/** What a command may use of the process it runs in. */
export interface CommandContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths start from. */
  readonly folder: string;
  /** The result, and nothing else. */
  readonly output: NodeJS.WritableStream;
  /** Progress and remarks, for people. */
  readonly remarks: NodeJS.WriteStream;
  /** What is piped in. */
  readonly input: Readable;
  /** Aborts when the person at the terminal has had enough. */
  readonly signal: AbortSignal;
}

/** One command of the command line: one file in `commands/`. */
export interface Command {
  /** The word that calls it: `audit`. */
  readonly name: string;
  /** What it does, in half a line. */
  readonly summary: string;
  /** What `--help` prints. */
  readonly usage: string;
  /** Runs it. Throws {@link UsageError} where it was called wrongly, {@link CommandError} where it cannot do what was asked. */
  run(parameters: readonly string[], context: CommandContext): Promise<void>;
}

/** The command line was wrong: exit code 2. The message names the option. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The command could not do what was asked: exit code 1. The message is for people. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}
