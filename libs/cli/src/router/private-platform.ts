import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { defaultConfigPath } from "@switchyard/config";
import { parse, stringify } from "yaml";
import { CommandError } from "../command.ts";

/** A whole platform of a command's own. */
export interface PrivatePlatform {
  /** `host:port` of its router. */
  readonly address: string;
  /** Ends it and removes what it stored. */
  stop(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

const repository = fileURLToPath(new URL("../../../../", import.meta.url));
const startTimeoutMs = 60_000;
/** Lines of the platform that are repeated where it does not start. */
const mostComplaints = 10;

/**
 * Starts the standalone shape as a child process: with the person's configuration, but on free ports, with stores in a temporary
 * folder, and without any provider key. So it spends nothing, and every model of the configuration can be chosen. Throws
 * CommandError where it does not start.
 */
export async function startPrivatePlatform(environment: Environment, signal: AbortSignal): Promise<PrivatePlatform> {
  const folder = await mkdtemp(join(tmpdir(), "switchyard-cli-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const configPath = join(folder, "switchyard.yaml");
    await writeFile(configPath, await privateConfiguration(environment, folder));
    // The wrapper ends the platform when this process is gone, however that came about.
    const child = spawn(
      process.execPath,
      [join(repository, "scripts/pinned-node.mjs"), "node", join(repository, "services/standalone/src/main.ts")],
      { cwd: folder, env: childEnvironment(environment, configPath), stdio: ["ignore", "ignore", "pipe"] },
    );
    const exited = new Promise<void>((done) => child.once("exit", () => done()));
    const stop = async () => {
      child.kill("SIGTERM");
      await exited;
      await remove();
    };
    try {
      return { address: await addressOf(child, signal), stop };
    } catch (error) {
      await stop();
      throw error;
    }
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The configuration that the person would start the platform with, changed so that it disturbs nothing. */
async function privateConfiguration(environment: Environment, dataDirectory: string): Promise<string> {
  const given = environment.SWITCHYARD_CONFIG;
  const path = given ? resolve(environment.INIT_CWD ?? process.cwd(), given) : defaultConfigPath;
  const text = await readFile(path, "utf8").catch((error) => {
    throw new CommandError(`cannot read the configuration: ${error.message}`);
  });
  const config = parse(text) as Record<string, Record<string, unknown> | undefined>;
  const listen = "127.0.0.1:0";
  const unset = [{ env: "SWITCHYARD_NO_SUCH_KEY" }];
  const { redis: _redis, ...rest } = config;
  const folder = dirname(path);
  const models = config.models as { file?: unknown } | undefined;
  const policy = config.router?.policy as { oddsFile?: unknown } | undefined;
  const located = (file: unknown) => (typeof file === "string" ? resolve(folder, file) : file);
  return stringify({
    ...rest,
    dataDirectory,
    apiKeys: [],
    log: { level: "info" },
    gateway: { ...config.gateway, listen, adminListen: listen },
    router: {
      ...config.router,
      listen,
      ...(policy?.oddsFile ? { policy: { ...policy, oddsFile: located(policy.oddsFile) } } : {}),
    },
    ...(models?.file ? { models: { ...models, file: located(models.file) } } : {}),
    budget: { ...config.budget, listen, store: "embedded" },
    cache: { ...config.cache, store: "embedded" },
    providers: Object.fromEntries(
      Object.entries(config.providers ?? {}).map(([name, provider]) => [
        name,
        { ...(provider as object), keys: unset },
      ]),
    ),
  });
}

/** The person's environment without what would make the child report to their telemetry. */
function childEnvironment(environment: Environment, configPath: string): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !name.startsWith("OTEL_"));
  return { ...Object.fromEntries(kept), SWITCHYARD_CONFIG: configPath };
}

/** Waits for the line in which the platform says where it serves. */
async function addressOf(child: ChildProcess, signal: AbortSignal): Promise<string> {
  const ended = AbortSignal.any([signal, AbortSignal.timeout(startTimeoutMs)]);
  const complaints: string[] = [];
  return new Promise<string>((resolveAddress, reject) => {
    const fail = (why: string) => reject(new CommandError(`cannot start a private platform: ${why}`));
    const abandon = () => fail(signal.aborted ? "interrupted" : "it took too long");
    if (ended.aborted) abandon();
    ended.addEventListener("abort", abandon, { once: true });
    child.once("error", (error) => fail(error.message));
    // Not at exit: what it wrote last may still be on its way.
    child.once("close", () => fail(complaints.join("\n") || "it ended at once"));
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on("line", (line) => {
      const entry = parseEntry(line);
      if (entry?.msg === "serving" && entry.grpc) resolveAddress(entry.grpc);
      const complaint = entry ? entry.reason : line;
      if (complaint !== undefined && complaints.length < mostComplaints) complaints.push(complaint);
    });
  });
}

function parseEntry(line: string): { msg?: string; grpc?: string; reason?: string } | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
