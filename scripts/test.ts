import { spawnSync } from "node:child_process";
import { globSync, readFileSync, rmSync } from "node:fs";

// Runs every package's tests through Turborepo and closes with one line of counts over all of them.

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

const reportFiles = () => globSync("{libs,services,test}/*/test-results.json");

for (const file of reportFiles()) rmSync(file);
const turbo = spawnSync(
  "turbo",
  ["run", "test", "--continue", "--env-mode=loose", "--concurrency=2", ...process.argv.slice(2)],
  {
    stdio: "inherit",
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" },
  },
);

let passed = 0;
let failed = 0;
for (const file of reportFiles()) {
  const report = JSON.parse(readFileSync(file, "utf8")) as Report;
  passed += report.numPassedTests;
  // A file that could not even be loaded has no tests to count, and has failed all the same.
  failed +=
    report.numFailedTests +
    report.testResults.filter((result) => result.status === "failed" && result.assertionResults.length === 0).length;
}
const hasFailed = failed > 0 || passed === 0 || turbo.status !== 0;
process.stdout.write(`${passed} passed, ${hasFailed ? Math.max(failed, 1) : 0} failed\n`);
process.exitCode = hasFailed ? 1 : 0;
