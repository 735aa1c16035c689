import { describe, expect, it } from "vitest";
import { type Command, CommandError, UsageError } from "./command.ts";
import { run } from "./run.ts";

const command = (work: Command["run"]): Command => ({ name: "weigh", summary: "weighs", usage: "HOW TO\n", run: work });

async function call(parameters: readonly string[], work: Command["run"] = async () => undefined) {
  const written = { stdout: "", stderr: "" };
  const listeners = new Map<string, () => void>();
  const process = {
    argv: ["node", "main.ts", ...parameters],
    env: { NAME: "value" },
    cwd: () => "/here",
    stdin: undefined,
    stdout: { write: (text: string) => (written.stdout += text) },
    stderr: { write: (text: string) => (written.stderr += text) },
    on: (signal: string, listener: () => void) => listeners.set(signal, listener),
  };
  const interrupt = () => listeners.get("SIGINT")?.();
  const code = await run(
    [command((given, context) => work([...given, ...(given.includes("stop") ? [String(interrupt())] : [])], context))],
    process as unknown as NodeJS.Process,
  );
  return { code, ...written };
}

describe("the command line", () => {
  it("hands a command its parameters and surroundings, and ends with 0", async () => {
    let seen: unknown;
    const { code } = await call(["weigh", "--fine", "log"], async (parameters, { environment, folder }) => {
      seen = { parameters, environment, folder };
    });
    expect(code).toBe(0);
    expect(seen).toEqual({ parameters: ["--fine", "log"], environment: { NAME: "value" }, folder: "/here" });
  });

  it("lists the commands where it is asked for help", async () => {
    for (const word of ["--help", "-h", "help"]) {
      const { code, stdout } = await call([word]);
      expect(code).toBe(0);
      expect(stdout).toContain("weigh  weighs");
    }
  });

  it("prints a command's own help without running it", async () => {
    const { code, stdout } = await call(["weigh", "log", "--help"], () => Promise.reject(new Error("it ran")));
    expect([code, stdout]).toEqual([0, "HOW TO\n"]);
  });

  it("ends with 2 where there is no such command, or none at all", async () => {
    expect(await call(["wiegh"])).toMatchObject({ code: 2, stderr: expect.stringContaining('no command "wiegh"') });
    expect(await call([])).toMatchObject({ code: 2, stderr: expect.stringContaining("COMMAND") });
  });

  it("ends with 2 and says where help is when a command is called wrongly", async () => {
    const { code, stderr } = await call(["weigh"], () => Promise.reject(new UsageError("--fine must be a number")));
    expect(code).toBe(2);
    expect(stderr).toBe(
      "switchyard weigh: --fine must be a number\n`npx switchyard weigh --help` tells how it is called.\n",
    );
  });

  it("ends with 1 and the message alone when a command cannot do what was asked", async () => {
    const { code, stderr } = await call(["weigh"], () => Promise.reject(new CommandError('no file "log"')));
    expect([code, stderr]).toEqual([1, 'switchyard weigh: no file "log"\n']);
  });

  it("ends with 130 and without a word when it is interrupted", async () => {
    const outcome = await call(["weigh", "stop"], async (_parameters, { signal }) => signal.throwIfAborted());
    expect(outcome).toMatchObject({ code: 130, stderr: "" });
  });

  it("does not hide an error that nobody foresaw", async () => {
    await expect(call(["weigh"], () => Promise.reject(new TypeError("oops")))).rejects.toThrow("oops");
  });
});
