import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";

const config = `
gateway: { listen: "127.0.0.1:0", adminListen: "127.0.0.1:0" }
router: { baselineModel: m }
providers: { p: { baseUrl: http://127.0.0.1:1, keys: [{ env: KEY }] } }
models:
  - { id: m, providers: [p], tier: economy, contextWindow: 1000, maxOutputTokens: 100, prices: { input: 1, output: 1 } }
`;

describe("the gateway as a process", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "switchyard-gateway-"));
    writeFileSync(join(folder, "config.yaml"), config);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("says where it serves, and serves metrics and probes at an address of their own until it ends", async () => {
    const child = spawn(process.execPath, [fileURLToPath(new URL("main.ts", import.meta.url))], {
      cwd: folder,
      env: { PATH: process.env.PATH, SWITCHYARD_CONFIG: join(folder, "config.yaml") },
      stdio: ["ignore", "ignore", "pipe"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const ended = new Promise((resolve) => child.once("exit", resolve));
    let serving: { address: string; admin: string } | undefined;
    for await (const line of createInterface({ input: child.stderr })) {
      const entry = JSON.parse(line);
      if (entry.msg !== "serving") continue;
      serving = entry;
      break;
    }
    child.stderr.resume();
    expect(serving).toMatchObject({
      address: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      admin: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    });
    const [scraped, ready] = await Promise.all([
      fetch(`http://${serving?.admin}/metrics`),
      fetch(`http://${serving?.admin}/readyz`),
    ]);
    expect(await scraped.text()).toContain("target_info");
    expect(ready.status).toBe(200);
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  });
});
