import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";

const repository = fileURLToPath(new URL("../../../", import.meta.url));

/** One service of the platform, running as a process. */
export interface ServiceProcess {
  /** What its `serving` line said: addresses by name. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Everything it wrote to standard error. */
  readonly log: () => string;
  readonly process: ChildProcess;
  /** SIGTERM, and the exit code it ended with. */
  stop(): Promise<number | null>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

export interface SpawnOptions {
  /** Folder under `services/`. */
  readonly service: string;
  readonly config: object;
  /** Where its configuration file is written. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts a service as `npm start` does and waits until it says that it is serving. */
export async function spawnService({ service, config, folder, environment }: SpawnOptions): Promise<ServiceProcess> {
  const configPath = join(folder, `${service}.yaml`);
  writeFileSync(configPath, stringify(config));
  const child = spawn(process.execPath, [join(repository, "services", service, "src/main.ts")], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", ...environment, SWITCHYARD_CONFIG: configPath },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const lines: string[] = [];
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const addresses = await new Promise<Record<string, string>>((resolve, reject) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      lines.push(line);
      const entry = asJson(line);
      if (entry?.msg === "serving") resolve(entry as Record<string, string>);
    });
    exited.then((code) => reject(new Error(`${service} ended with ${code}:\n${lines.join("\n")}`)));
  });
  return {
    addresses,
    log: () => lines.join("\n"),
    process: child,
    stop() {
      child.kill("SIGTERM");
      return exited;
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

function asJson(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
