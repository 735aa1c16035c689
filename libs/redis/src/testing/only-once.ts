import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const pollMs = 200;

/** A holder that has not written its process id yet may still be about to. */
const namelessGraceMs = 5_000;

/**
 * Runs `work` unless `isDone`, in one process at a time however many want it done: the others wait for the lock folder
 * and find it done. The lock of a process that died is taken over. Rejects as `work` does.
 */
export async function onlyOnce(lock: string, isDone: () => Promise<boolean>, work: () => Promise<void>): Promise<void> {
  await mkdir(dirname(lock), { recursive: true });
  while (!(await isDone())) {
    if (!(await taken(lock))) {
      if (await isAbandoned(lock)) await rm(lock, { recursive: true, force: true });
      else await sleep(pollMs);
      continue;
    }
    try {
      if (!(await isDone())) await work();
      return;
    } finally {
      await rm(lock, { recursive: true, force: true });
    }
  }
}

async function taken(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  await writeFile(join(lock, "pid"), String(process.pid));
  return true;
}

async function isAbandoned(lock: string): Promise<boolean> {
  const pid = Number(await readFile(join(lock, "pid"), "utf8").catch(() => ""));
  if (pid > 0) return !isAlive(pid);
  const made = await stat(lock).catch(() => undefined);
  return made !== undefined && Date.now() - made.mtimeMs > namelessGraceMs;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
