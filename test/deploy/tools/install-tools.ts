import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { writeSchemas } from "./kubernetes-schemas.ts";
import { type Tool, type ToolName, toolPath, tools } from "./tools.ts";

// Builds what the tests run and is not there yet: minutes the first time, nothing later.

const here = dirname(fileURLToPath(import.meta.url));

function install(name: ToolName): void {
  const path = toolPath(name);
  if (existsSync(path)) return;
  const tool: Tool = tools[name];
  process.stdout.write(`building ${name} ${tool.version}\n`);
  mkdirSync(dirname(path), { recursive: true });
  const built = tool.module
    ? spawnSync("go", ["build", "-o", path, tool.package], { cwd: `${here}/${tool.module}`, stdio: "inherit" })
    : spawnSync("go", ["install", `${tool.package}@${tool.version}`], {
        stdio: "inherit",
        env: { ...process.env, GOBIN: dirname(path) },
      });
  if (built.status !== 0) throw new Error(`cannot build ${name} ${tool.version}`);
}

if (spawnSync("go", ["version"]).status === 0) {
  for (const name of Object.keys(tools) as ToolName[]) install(name);
  writeSchemas();
} else {
  process.stderr.write(
    "The deployment tests build helm, kubeconform, kustomize, promtool and a collector from source, and so need Go 1.26 or newer on the " +
      "PATH: https://go.dev/dl. Nothing was tested.\n",
  );
  process.exitCode = 1;
}
