import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("rivals/", import.meta.url));

/**
 * The folder that holds the load generator and the rival gateway, as the lock file beside this says; installed on first use
 * into the user's cache folder. Throws Error where npm cannot install them.
 */
export function rivalsFolder(): string {
  const lock = readFileSync(join(here, "package-lock.json"));
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const version = createHash("sha256").update(lock).digest("hex").slice(0, 12);
  const folder = join(cache, "switchyard", `bench-rivals-${version}`);
  const mark = join(folder, "node_modules", ".package-lock.json");
  if (existsSync(mark)) return folder;
  mkdirSync(folder, { recursive: true });
  for (const file of ["package.json", "package-lock.json"]) cpSync(join(here, file), join(folder, file));
  const npm = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: folder,
    encoding: "utf8",
  });
  if (npm.status !== 0) throw new Error(`npm could not install the rivals: ${npm.stderr || npm.error?.message}`);
  return folder;
}
