import { execFile } from "node:child_process";
import { access, glob, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type DebianSource, debianSources } from "./apt-sources.ts";
import type { RedisProgram } from "./find-redis.ts";
import { onlyOnce } from "./only-once.ts";

const run = promisify(execFile);

const suite = "trixie";

/** The server and everything it loads, its C library included, so that nothing of the machine's own is needed. */
const packages = [
  "redis-server",
  "redis-tools",
  "libc6",
  "libssl3t64",
  "libsystemd0",
  "libcap2",
  "libjemalloc2",
  "liblua5.1-0",
  "lua-bitop",
  "lua-cjson",
  "liblzf1",
  "libatomic1",
  "libstdc++6",
  "libgcc-s1",
  "libzstd1",
  "zlib1g",
];

const archiveKeyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * Debian's Redis, unpacked into `folder` without root and without touching the machine's package database: downloaded
 * once, from the mirrors that the machine's apt is configured with, signatures checked. Processes that ask at the same
 * time share one download. Rejects where apt is missing, knows no Debian mirror, or cannot reach it.
 */
export async function unpackDebianRedis(folder: string): Promise<RedisProgram> {
  const root = join(folder, `debian-${suite}-${process.arch}`);
  await onlyOnce(
    `${root}.lock`,
    () => exists(root),
    () => install(folder, root),
  );
  for await (const loader of glob(join(root, "usr/lib/*/ld-linux*.so.*"))) {
    return {
      command: loader,
      leadingArgs: ["--library-path", dirname(loader), join(root, "usr/bin/redis-server")],
    };
  }
  throw new Error(`no dynamic loader in ${root}; delete that folder to try again`);
}

async function install(folder: string, root: string): Promise<void> {
  const [source] = await debianSources("/etc/apt");
  if (source === undefined) throw new Error("apt is not configured with a Debian archive on this machine");
  process.stderr.write("no Redis found: fetching Debian's packages once, about 10 MB, into the cache folder\n");
  const workplace = await mkdtemp(join(folder, "unpacking-"));
  try {
    const options = await privateApt(workplace, source);
    await apt(workplace, [...options, "update"]);
    await apt(workplace, [...options, "download", ...packages]);
    const unpacked = join(workplace, "root");
    for (const file of await readdir(workplace)) {
      if (file.endsWith(".deb")) await run("dpkg-deb", ["-x", join(workplace, file), unpacked]);
    }
    await rename(unpacked, root).catch(async (error: unknown) => {
      if (!(await exists(root))) throw error;
    });
  } finally {
    await rm(workplace, { recursive: true, force: true });
  }
}

/** Options that give apt lists, cache and state of its own; proxies, credentials and trusted keys stay the machine's. */
async function privateApt(workplace: string, source: DebianSource): Promise<string[]> {
  const [state, cache] = [join(workplace, "state"), join(workplace, "cache")];
  await mkdir(join(state, "lists", "partial"), { recursive: true });
  await mkdir(join(cache, "archives", "partial"), { recursive: true });
  await writeFile(join(state, "status"), "");
  const keyring = source.signedBy ?? ((await exists(archiveKeyring)) ? archiveKeyring : undefined);
  const settings = ["target=Packages", ...(keyring ? [`signed-by=${keyring}`] : [])];
  const list = join(workplace, "sources.list");
  await writeFile(list, `deb [${settings.join(" ")}] ${source.uri} ${suite} main\n`);
  const options = {
    "Dir::State": state,
    "Dir::State::status": join(state, "status"),
    "Dir::Cache": cache,
    "Dir::Etc::sourcelist": list,
    "Dir::Etc::sourceparts": "-",
    "Dir::Etc::preferencesparts": "-",
    "Acquire::Languages": "none",
    "APT::Get::List-Cleanup": "false",
    // As root, apt would give up its rights to a user that may not write here.
    "APT::Sandbox::User": "root",
  };
  return Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
}

async function apt(folder: string, args: readonly string[]): Promise<void> {
  try {
    await run("apt-get", ["-qq", ...args], { cwd: folder, maxBuffer: 16 * 1024 * 1024 });
  } catch (error) {
    const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === "ENOENT") throw new Error("there is no apt-get on this machine");
    throw new Error(`apt-get failed: ${stderr?.trim() || code}`);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
