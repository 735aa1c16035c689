import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "@switchyard/config";
import { describe, expect, it } from "vitest";
import { kubeconform } from "../chart/kubeconform.ts";
import { manifestsOf, ofKind } from "../chart/render-chart.ts";
import { toolPath } from "../tools/tools.ts";
import { generatedFiles, kustomizeFolder } from "./render-kustomize.ts";

it.each([...generatedFiles()])(
  "%s is what the chart renders (else: npm run render -w test/deploy)",
  (path, content) => {
    expect(readFileSync(join(kustomizeFolder, path), "utf8")).toBe(content);
  },
);

function build(folder: string): string {
  const { status, stdout, stderr } = spawnSync(toolPath("kustomize"), ["build", join(kustomizeFolder, folder)], {
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  return stdout;
}

describe.each(["base", "overlays/development", "overlays/production"])("kustomize's %s", (folder) => {
  it("builds objects that Kubernetes 1.36 takes, all in one namespace, none of them Helm's", () => {
    const text = build(folder);
    const { status, stdout, stderr } = kubeconform(["-"], text);
    expect(status, stdout + stderr).toBe(0);
    expect(text).not.toMatch(/helm/i);
    for (const { metadata } of manifestsOf(text)) {
      expect((metadata as { namespace?: string }).namespace, metadata.name).toBe("switchyard");
    }
  });

  it("gives every pod the configuration, whose name changes with its content, and which the services take", () => {
    const text = build(folder);
    const [configuration] = ofKind(text, "ConfigMap").values();
    for (const { spec } of ofKind(text, "Deployment").values()) {
      const [volume] = spec.template.spec.volumes;
      expect(volume.configMap.name).toMatch(/^switchyard-config-[a-z0-9]+$/);
      expect(volume.configMap.name).toBe(configuration?.metadata.name);
    }
    const environment = { REDIS_URL: "redis://from-a-secret" };
    expect(() =>
      parseConfig(configuration?.data?.["switchyard.yaml"] ?? "", { environment, folder: "/" }),
    ).not.toThrow();
  });
});

it("the production overlay runs three of each, and gives the provider's key to provider-adapter only", () => {
  const deployments = ofKind(build("overlays/production"), "Deployment");
  const holders: string[] = [];
  for (const [service, { spec }] of deployments) {
    expect(spec.replicas, service).toBe(3);
    const key = spec.template.spec.containers[0].env.find(({ name }: { name: string }) => name === "OPENAI_API_KEY");
    if (key?.valueFrom) holders.push(service);
  }
  expect(deployments.size).toBe(6);
  expect(holders).toEqual(["provider-adapter"]);
});
