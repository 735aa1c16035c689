import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { majorOf, type RedisProgram } from "./find-redis.ts";
import { launchRedis } from "./launch-redis.ts";

/** Stands in for redis-server: takes its arguments, listens on its port, says so in its words. */
const standIn: RedisProgram = {
  command: process.execPath,
  leadingArgs: [
    "-e",
    `const port = Number(process.argv[process.argv.indexOf("--port") + 1]);
     require("node:net").createServer().listen(port, "127.0.0.1", () => console.log("* Ready to accept connections tcp"));`,
    "--",
  ],
};

async function isOpen(url: string): Promise<boolean> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

describe("a launched server", () => {
  it("listens until it is stopped", async () => {
    const server = await launchRedis(standIn, {});
    expect(await isOpen(server.url)).toBe(true);
    await Promise.all([server.stop(), server.stop()]);
    expect(await isOpen(server.url)).toBe(false);
  });

  it("says why it did not start", async () => {
    const broken = { command: "/bin/sh", leadingArgs: ["-c", "echo '*** FATAL CONFIG FILE ERROR ***'; exit 1"] };
    await expect(launchRedis(broken, {})).rejects.toThrow("did not start: *** FATAL CONFIG FILE ERROR ***");
  });

  it("dies with the process that started it, even when that is killed", async () => {
    const program = `
      import { launchRedis } from "./launch-redis.ts";
      process.stdout.write((await launchRedis(${JSON.stringify(standIn)}, {})).url);
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
      cwd: fileURLToPath(new URL(".", import.meta.url)),
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [url] = (await once(child.stdout, "data")) as [Buffer];
    expect(await isOpen(url.toString())).toBe(true);
    child.kill("SIGKILL");
    await vi.waitUntil(async () => !(await isOpen(url.toString())), { timeout: 10_000 });
  });
});

describe("the version of a server", () => {
  it("is read from what it says of itself", () => {
    expect(majorOf("Redis server v=8.0.2 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=abc")).toBe(8);
    expect(majorOf("Redis server v=10.1.0 sha=0")).toBe(10);
    expect(majorOf("something else")).toBeUndefined();
  });
});
