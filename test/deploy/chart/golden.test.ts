import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { toolPath } from "../tools/tools.ts";
import { kubeconform } from "./kubeconform.ts";
import {
  chartFolder,
  examples,
  exampleValues,
  golden,
  goldenPath,
  renderChart,
  renderExample,
} from "./render-chart.ts";

it.each(examples)(
  "the %s example is rendered as it stands in the tree (else: npm run render -w test/deploy)",
  (example) => {
    const { text, complaint } = renderExample(example);
    expect(complaint).toBe("");
    expect(text).toBe(golden(example));
  },
);

it.each(examples)("helm finds nothing to complain about with the values of the %s example", (example) => {
  const parameters = ["lint", "--strict", chartFolder, "--values", exampleValues(example)];
  const { status, stdout, stderr } = spawnSync(toolPath("helm"), parameters, { encoding: "utf8" });
  expect(status, stdout + stderr).toBe(0);
});

it.each(examples)(
  "every object of the %s example is one that Kubernetes 1.36 takes, without an unknown field",
  (example) => {
    const { status, stdout, stderr } = kubeconform([goldenPath(example)]);
    expect(status, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/Invalid: 0, Errors: 0, Skipped: 0/);
  },
);

it("a field that Kubernetes does not know is found", () => {
  const { status, stdout } = kubeconform(
    ["-"],
    golden("default").replace("revisionHistoryLimit:", "revisionHistoryLimits:"),
  );
  expect(status).toBe(1);
  expect(stdout).toContain("revisionHistoryLimits");
});

it("the objects for KEDA are ones that KEDA takes", () => {
  const { text, complaint } = renderChart({ values: [exampleValues("production")], set: ["keda.enabled=true"] });
  expect(complaint).toBe("");
  expect(text).toContain("kind: ScaledObject");
  const { status, stdout, stderr } = kubeconform(["-"], text);
  expect(status, stdout + stderr).toBe(0);
});
