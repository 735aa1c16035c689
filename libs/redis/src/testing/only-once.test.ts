import { spawnSync } from "node:child_process";
import { access, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { onlyOnce } from "./only-once.ts";

describe("work that is done only once", () => {
  let folder: string;
  let lock: string;
  let times: number;
  let atOnce: number;
  let done: boolean;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "only-once-"));
    lock = join(folder, "deep", "lock");
    times = 0;
    atOnce = 0;
    done = false;
  });
  afterEach(() => rm(folder, { recursive: true }));

  const work = async () => {
    times++;
    expect(++atOnce).toBe(1);
    await sleep(20);
    atOnce--;
    done = true;
  };
  const ask = () => onlyOnce(lock, async () => done, work);

  it("is done by one of many that ask at the same time, and all wait for it", async () => {
    await Promise.all(Array.from({ length: 5 }, () => ask().then(() => expect(done).toBe(true))));
    expect(times).toBe(1);
    await expect(access(lock)).rejects.toThrow();
  });

  it("is not done where it was done before", async () => {
    done = true;
    await ask();
    expect(times).toBe(0);
  });

  it("is taken over from a process that died with the lock", async () => {
    await mkdir(lock, { recursive: true });
    await writeFile(join(lock, "pid"), String(spawnSync(process.execPath, ["-e", "0"]).pid));
    await ask();
    expect(times).toBe(1);
  });

  it("gives the lock back when it fails, so that the next may try", async () => {
    const fail = () => Promise.reject(new Error("no network"));
    await expect(onlyOnce(lock, async () => done, fail)).rejects.toThrow("no network");
    await ask();
    expect(times).toBe(1);
  });
});
