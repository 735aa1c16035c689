import { spawnSync } from "node:child_process";

// Checks the contracts: the generated code is what the proto files say, and no change breaks a client that is out there.

const run = (command: string, ...parameters: string[]) => {
  const { status, stdout } = spawnSync(command, parameters, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  return { ok: status === 0, output: stdout.trim() };
};
const fail = (message: string) => {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
};

const generate = run("npm", "run", "generate", "--workspace", "libs/contracts");
const changed = run("git", "status", "--porcelain", "--", "libs/contracts").output;
if (!generate.ok) fail(`generating the contracts failed:\n${generate.output}`);
else if (changed) fail(`libs/contracts is not what proto/ says; run \`npm run generate\` and commit:\n${changed}`);

// On a branch, against main as it is at the origin; on main itself, against the commit before.
const head = run("git", "rev-parse", "HEAD").output;
const main = run("git", "rev-parse", "--verify", "--quiet", "origin/main").output;
const base = main && main !== head ? main : run("git", "rev-parse", "--verify", "--quiet", "HEAD~1").output;
const hasContracts = base && run("git", "ls-tree", "-d", "--name-only", base, "proto").output;
if (!hasContracts) process.stdout.write("contracts: there is no earlier commit to compare with\n");
else if (!run("buf", "breaking", "proto", "--against", `.git#ref=${base},subdir=proto`).ok) {
  fail(`the contracts break their clients, compared with ${base.slice(0, 8)} (see above)`);
}
