import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditResult } from "./audit/result.ts";

// The command as it is installed, with a platform of its own: nothing here is faked.

const binary = fileURLToPath(new URL("../bin/switchyard.mjs", import.meta.url));
const samples = fileURLToPath(new URL("../samples/", import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "switchyard-audit-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the command with a temporary folder of its own, so that what it leaves behind can be seen. */
async function switchyard(parameters: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [binary, ...parameters], {
    cwd: folder,
    env: { PATH: process.env.PATH, TMPDIR: folder, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const written = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (written.stdout += chunk));
  child.stderr.on("data", (chunk) => (written.stderr += chunk));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, ...written };
}

const leftBehind = async () => (await readdir(folder)).filter((name) => name.startsWith("switchyard-cli-"));

describe("npx switchyard audit", () => {
  it("audits the sample log in one command and leaves nothing behind", async () => {
    const { code, stdout, stderr } = await switchyard([
      "audit",
      "--private",
      "--json",
      join(samples, "requests.jsonl"),
    ]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as AuditResult;
    expect(result.total.requests).toBe(119);
    expect(result.total.todayUsdNanos).toBeGreaterThan(0);
    expect(result.total.policyUsdNanos).toBeLessThan(result.total.todayUsdNanos);
    expect(result.total.extrapolated).toBe(0);
    expect(result.sampling).toMatchObject({ asked: 119, kept: {} });
    expect(result.buckets.map(({ stakes }) => stakes)).toContain("high");
    expect(result.repetition?.duplicates.exact).toBeGreaterThan(20);
    expect(result.reading.failedRequests).toBe(1);
    expect(await leftBehind()).toEqual([]);
  });

  it("prints a table of the CSV sample, the same each time", async () => {
    const log = join(samples, "requests.csv");
    const { code, stdout } = await switchyard(["audit", "--private", log]);
    expect(code).toBe(0);
    const rows = (await readFile(log, "utf8")).trim().split("\n").slice(1);
    expect(stdout).toContain(`${rows.length} requests`);
    expect(stdout).toContain("120 of them have no prompt in the log");
    expect((await switchyard(["audit", "--private", log])).stdout.replaceAll(/:\d+/g, "")).toBe(
      stdout.replaceAll(/:\d+/g, ""),
    );
  });

  it("asks the policy of a whole day: 50M input and 12M output tokens on GPT-4o are $245 today", async () => {
    const log = join(folder, "day.csv");
    const rows = "gpt-4o,50000,12000,reports,summarization\n".repeat(1_000);
    await writeFile(log, `model,input_tokens,output_tokens,feature,task\n${rows}`);
    const { stdout } = await switchyard(["audit", "--private", "--json", log]);
    const { total } = JSON.parse(stdout) as AuditResult;
    expect(total.todayUsdNanos).toBe(245_000_000_000);
    expect(total.policyUsdNanos).toBeLessThan(total.todayUsdNanos);
  });

  it("ends with 1 and the reason where the configuration does not let a platform start", async () => {
    const config = join(folder, "broken.yaml");
    await writeFile(config, "router: { baselineModel: none }\nproviders: {}\nmodels: []\n");
    const parameters = ["audit", "--private", join(samples, "requests.csv")];
    const { code, stderr } = await switchyard(parameters, { SWITCHYARD_CONFIG: config });
    expect(code).toBe(1);
    expect(stderr).toContain("cannot start a private platform");
    expect(stderr).toContain("models: ");
    expect(await leftBehind()).toEqual([]);
  });

  it("ends with 130 and leaves nothing behind when it is interrupted", async () => {
    const child = spawn(process.execPath, [binary, "audit", "--private", "-"], {
      cwd: folder,
      env: { PATH: process.env.PATH, TMPDIR: folder },
      stdio: ["pipe", "ignore", "ignore"],
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    await expect.poll(leftBehind).toHaveLength(1);
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(await leftBehind()).toEqual([]);
  });

  it("ends with 1 for a file that is not there and 2 for an option that is none", async () => {
    expect(await switchyard(["audit", "none.jsonl"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("none.jsonl"),
    });
    expect(await switchyard(["audit", "--colour"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--colour"),
    });
  });
});
