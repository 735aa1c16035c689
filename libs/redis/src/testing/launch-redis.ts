import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { Redis } from "ioredis";
import type { RedisProgram } from "./find-redis.ts";
import type { RedisServer, RedisServerOptions } from "./start-redis.ts";

/**
 * A shell holds the server and ends it when its standard input closes: when asked to, or when the test process is gone. It
 * lets go of its standard output, so that this ends with the server.
 */
const supervise = '"$@" & server=$!; exec >&-; read -r _; kill -9 $server; wait $server';

const attempts = 5;

/** Starts a server on loopback that keeps nothing on disk, and waits until it answers. */
export async function launchRedis(
  program: RedisProgram,
  options: RedisServerOptions,
  readyLine = "Ready to accept connections",
): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), "switchyard-redis-"));
  let output = "";
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = options.port ?? (await freePort());
    const child = spawnServer(program, folder, port, options.settings ?? {});
    const started = await isListening(child, readyLine);
    if (started === true) return runningServer(`redis://127.0.0.1:${port}`, child, folder);
    output = started;
    await end(child);
    // Only a port that somebody else took meanwhile is worth another try.
    if (!output.includes("bind")) break;
  }
  await rm(folder, { recursive: true, force: true });
  throw new Error(`redis-server did not start: ${output.trim()}`);
}

type Server = ChildProcessByStdio<Writable, Readable, null>;

function spawnServer(
  { command, leadingArgs }: RedisProgram,
  folder: string,
  port: number,
  settings: Readonly<Record<string, string>>,
): Server {
  const all = { bind: "127.0.0.1", port: String(port), dir: folder, save: "", appendonly: "no", ...settings };
  const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn("/bin/sh", ["-c", supervise, "sh", command, ...leadingArgs, ...args], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  // Closing the input of a shell that is gone already is no failure.
  child.stdin.on("error", () => undefined);
  return child;
}

/** True, or what the server said before it ended. Its output is read on, or the server would one day wait for a reader. */
function isListening(child: Server, readyLine: string): Promise<true | string> {
  let said = "";
  const { promise, resolve } = Promise.withResolvers<true | string>();
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    if (line.includes(readyLine)) resolve(true);
    else if (said.length < 10_000) said += `${line}\n`;
  });
  lines.on("close", () => resolve(said));
  return promise;
}

function runningServer(url: string, child: Server, folder: string): RedisServer {
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  return {
    url,
    given: false,
    async flush() {
      const redis = new Redis(url);
      await redis.flushall();
      redis.disconnect();
    },
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

async function end(child: Server): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.stdin.end();
  await ended;
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  return port;
}
