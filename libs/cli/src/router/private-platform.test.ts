import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { startPrivatePlatform } from "./private-platform.ts";

afterEach(() => vi.unstubAllEnvs());

describe("a private platform", () => {
  it("does not go on starting where the interruption came first, and leaves nothing behind", async () => {
    const folder = await mkdtemp(join(tmpdir(), "switchyard-private-"));
    vi.stubEnv("TMPDIR", folder);
    const environment = { PATH: process.env.PATH };
    await expect(startPrivatePlatform(environment, AbortSignal.abort())).rejects.toThrow("interrupted");
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
  });

  it("says which configuration it cannot read", async () => {
    const environment = { SWITCHYARD_CONFIG: "/no/such/switchyard.yaml" };
    const attempt = startPrivatePlatform(environment, new AbortController().signal);
    await expect(attempt).rejects.toThrow(/cannot read the configuration.*\/no\/such\/switchyard\.yaml/);
  });
});
