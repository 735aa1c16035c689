import { type Command, CommandError, UsageError } from "./command.ts";

const success = 0;
const failure = 1;
const misuse = 2;
/** What shells expect of a process that Ctrl-C has ended. */
const interrupted = 130;

/**
 * Runs the command that the process was called with and returns the exit code: 0 done, 1 it could not be done, 2 called wrongly,
 * 130 interrupted. Only an error that nobody foresaw is thrown.
 */
export async function run(commands: readonly Command[], process: NodeJS.Process): Promise<number> {
  const [name, ...parameters] = process.argv.slice(2);
  const command = commands.find((each) => each.name === name);
  if (!command) return withoutCommand(commands, name, process);
  if (parameters.includes("--help") || parameters.includes("-h")) {
    process.stdout.write(command.usage);
    return success;
  }
  const interrupt = new AbortController();
  process.on("SIGINT", () => interrupt.abort());
  process.on("SIGTERM", () => interrupt.abort());
  try {
    await command.run(parameters, {
      environment: process.env,
      folder: process.cwd(),
      output: process.stdout,
      remarks: process.stderr,
      input: process.stdin,
      signal: interrupt.signal,
    });
    return success;
  } catch (error) {
    if (interrupt.signal.aborted) return interrupted;
    return tell(error, command, process.stderr);
  }
}

function tell(error: unknown, { name }: Command, stderr: NodeJS.WritableStream): number {
  if (!(error instanceof UsageError || error instanceof CommandError)) throw error;
  stderr.write(`switchyard ${name}: ${error.message}\n`);
  if (error instanceof CommandError) return failure;
  stderr.write(`\`npx switchyard ${name} --help\` tells how it is called.\n`);
  return misuse;
}

function withoutCommand(commands: readonly Command[], name: string | undefined, process: NodeJS.Process): number {
  const usage = usageOf(commands);
  if (name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(usage);
    return success;
  }
  process.stderr.write(name === undefined ? usage : `switchyard: no command "${name}"\n\n${usage}`);
  return misuse;
}

function usageOf(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    "The command line of Switchyard.",
    "",
    "  npx switchyard COMMAND [OPTION...]",
    "",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "`npx switchyard COMMAND --help` tells more. Exit codes: 0 done, 1 it could not be done, 2 called wrongly, 130 interrupted.",
    "",
  ].join("\n");
}
