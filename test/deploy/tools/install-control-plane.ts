import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { controlPlanePath, repository, sources } from "./tools.ts";

// Builds Kubernetes' control plane, unless it is there: some 15 minutes of processor time, and 2 GB of memory at the end.

const version = sources.kubernetes.split("@v")[1] ?? "";
const [major, minor] = version.split(".");
const stamp = Object.entries({ gitVersion: `v${version}`, gitMajor: major, gitMinor: minor })
  // Without them clients cannot read the server's version.
  .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
  .join(" ");

if (!existsSync(controlPlanePath)) {
  process.stdout.write(`building Kubernetes ${version}\n`);
  const built = spawnSync("go", ["build", "-p", "1", "-ldflags", `-s -w ${stamp}`, "-o", controlPlanePath, "."], {
    cwd: join(repository, "test/deploy/k8s"),
    stdio: "inherit",
  });
  if (built.error)
    process.stderr.write("The cluster test builds Kubernetes from source, and so needs Go: https://go.dev/dl.\n");
  process.exitCode = built.status ?? 1;
}
