import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** What a target has used since it began. */
export interface Used {
  /** User and system time of its processes, in microseconds. */
  readonly cpuUs: number;
  /** Resident memory of its processes, in MiB. */
  readonly rssMiB: number;
}

/** Linux counts processor time in hundredths of a second (USER_HZ). */
const tickUs = 10_000;

/** What these processes have used, by /proc. */
export function used(processIds: readonly number[]): Used {
  let cpuUs = 0;
  let rssMiB = 0;
  for (const id of processIds) {
    const stat = readFileSync(`/proc/${id}/stat`, "utf8");
    // The name of the program, in brackets, may hold spaces: user time is the 12th field behind it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    cpuUs += (Number(fields[11]) + Number(fields[12])) * tickUs;
    const status = readFileSync(`/proc/${id}/status`, "utf8");
    rssMiB += Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024;
  }
  return { cpuUs, rssMiB };
}

/** A script of this benchmark in a process of its own, which says its port in its first line. */
export async function startScript(
  script: string,
  args: readonly string[],
): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.once("data", (line: Buffer) => resolve(Number(line.toString())));
    child.once("exit", (code) => reject(new Error(`${script} ended with ${code}`)));
  });
  return { child, port };
}

/** Ends a process and waits until it is gone. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  // Not every rival ends when it is asked to.
  child.kill("SIGKILL");
  await gone;
}
