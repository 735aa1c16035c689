import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "@switchyard/redis/testing";
import type { Target } from "./target.ts";
import { startScript, stopProcess } from "./target-process.ts";

const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const path = "/v1/chat/completions";

/** The provider that all others stand before. */
export async function startMock(delayMs: number): Promise<Target> {
  const { child, port } = await startScript(script("mock-provider.ts"), ["--delay-ms", String(delayMs)]);
  return {
    url: `http://127.0.0.1:${port}${path}`,
    headers: {},
    processIds: [child.pid as number],
    stop: () => stopProcess(child),
  };
}

const portOf = ({ url }: Target) => new URL(url).port;

export async function startBareProxy(mock: Target): Promise<Target> {
  const { child, port } = await startScript(script("bare-proxy.ts"), [portOf(mock)]);
  return {
    url: `http://127.0.0.1:${port}${path}`,
    headers: {},
    processIds: [child.pid as number],
    stop: () => stopProcess(child),
  };
}

/**
 * Portkey's gateway as its documentation runs it without its console, on the Node 24 it was made for: under 26 it answers 500
 * to every stream.
 */
export async function startPortkey(mock: Target, rivals: string): Promise<Target> {
  const port = await freePort();
  const server = join(rivals, "node_modules/@portkey-ai/gateway/build/start-server.js");
  const child = spawn(nodeOf(rivals), [server, "--headless", `--port=${port}`], { stdio: "ignore", cwd: rivals });
  await untilOpen(port);
  return {
    url: `http://127.0.0.1:${port}${path}`,
    headers: {
      "x-portkey-provider": "openai",
      "x-portkey-custom-host": `http://127.0.0.1:${portOf(mock)}/v1`,
      authorization: "Bearer sk-mock",
    },
    processIds: [child.pid as number],
    stop: () => stopProcess(child),
  };
}

function nodeOf(rivals: string): string {
  const own = join(rivals, "node_modules", `node-linux-${process.arch}`, "bin/node");
  return existsSync(own) ? own : process.execPath;
}

async function untilOpen(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
      socket.on("close", () => socket.destroy());
      setTimeout(() => socket.destroy(), 100);
    });
    if (open) return;
    await sleep(50);
  }
  throw new Error(`nothing listens on port ${port} after ten seconds`);
}
