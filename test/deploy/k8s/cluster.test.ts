import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chartFolder, exampleValues } from "../chart/render-chart.ts";
import { toolPath } from "../tools/tools.ts";
import { type ControlPlane, startControlPlane } from "./control-plane.ts";
import { addStandInNode, type StandInNode } from "./stand-in-node.ts";

const namespace = "switchyard";
let cluster: ControlPlane;
let node: StandInNode;

beforeAll(async () => {
  cluster = await startControlPlane();
  node = await addStandInNode(cluster.api);
  await cluster.api.create("/api/v1/namespaces", {
    metadata: {
      name: namespace,
      labels: Object.fromEntries(
        ["enforce", "warn"].map((mode) => [`pod-security.kubernetes.io/${mode}`, "restricted"]),
      ),
    },
  });
}, 300_000);
afterAll(async () => {
  await node?.stop();
  await cluster?.stop();
});

/** Runs helm beside the stand-in node, which has to go on answering for its pods. */
async function helm(...parameters: string[]) {
  const child = spawn(toolPath("helm"), [...parameters, "--namespace", namespace, "--kubeconfig", cluster.kubeconfig]);
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const outputs = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await exited, output: outputs.join("") };
}
// Symbolic links in the chart are worth a line to Helm, a finding of the API server is a warning.
const warnings = (output: string) => output.split("\n").filter((line) => /warn|violate/i.test(line));
const pods = () => cluster.api.list(`/api/v1/namespaces/${namespace}/pods`);
const deployments = () => cluster.api.list(`/apis/apps/v1/namespaces/${namespace}/deployments`);
const values = ["--values", exampleValues("default")];
const patience = ["--wait", "--timeout", "60s"];

describe("a real Kubernetes 1.36 that enforces Pod Security restricted", { timeout: 240_000 }, () => {
  it("takes the chart without a warning, and every pod of it gets a node", async () => {
    const { status, output } = await helm("install", "switchyard", chartFolder, ...values, ...patience);
    expect(status, output).toBe(0);
    expect(warnings(output)).toEqual([]);
    expect(await pods()).toHaveLength(12);
    for (const {
      metadata,
      status: { availableReplicas },
    } of await deployments()) {
      expect(availableReplicas, metadata.name).toBe(2);
    }
  });

  it("finds the gateway and the router behind the one edge Service, each at its own port", async () => {
    const slices = (await cluster.api.list(
      `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
    )) as unknown as {
      metadata: { labels: Record<string, string> };
      ports: { name: string; port: number }[];
      endpoints: { targetRef: { name: string } }[];
    }[];
    const edge = slices
      .filter(({ metadata }) => metadata.labels["kubernetes.io/service-name"] === "switchyard")
      .flatMap(({ ports, endpoints }) =>
        ports.flatMap(({ name, port }) =>
          endpoints.map(({ targetRef }) => `${name} ${port} ${targetRef.name.replace(/-[a-z0-9]+-[a-z0-9]+$/, "")}`),
        ),
      );
    expect([...new Set(edge)].sort()).toEqual(["grpc 50051 switchyard-router", "http 8080 switchyard-gateway"]);
    expect(edge).toHaveLength(4);
  });

  it("refuses a pod that may become root", async () => {
    const insecure = { metadata: { name: "root" }, spec: { containers: [{ name: "root", image: "busybox" }] } };
    await expect(cluster.api.create(`/api/v1/namespaces/${namespace}/pods`, insecure)).rejects.toThrow(/restricted/);
  });

  it("starts the pods anew on an upgrade of the configuration, and scales by load when asked", async () => {
    const before = new Set((await pods()).map(({ metadata }) => metadata.name));
    const changes = ["--set", "config.log.level=debug", "--set", "defaults.autoscaling.enabled=true"];
    const { status, output } = await helm("upgrade", "switchyard", chartFolder, ...values, ...changes, ...patience);
    expect(status, output).toBe(0);
    expect(warnings(output)).toEqual([]);
    await expect.poll(async () => (await pods()).some(({ metadata }) => before.has(metadata.name))).toBe(false);
    const scalers = await cluster.api.list(`/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`);
    expect(scalers).toHaveLength(6);
  });

  it("goes back by a rollback", async () => {
    const { status, output } = await helm("rollback", "switchyard", "1", ...patience);
    expect(status, output).toBe(0);
    const configuration = (await cluster.api.get(
      `/api/v1/namespaces/${namespace}/configmaps/switchyard-config`,
    )) as unknown as { data: Record<string, string> };
    expect(configuration.data["switchyard.yaml"]).not.toContain("debug");
    expect(await cluster.api.list(`/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`)).toEqual([]);
  });

  it("is left with nothing by an uninstallation", async () => {
    const { status, output } = await helm("uninstall", "switchyard", "--wait");
    expect(status, output).toBe(0);
    await expect.poll(async () => (await pods()).length, { timeout: 60_000 }).toBe(0);
    for (const kind of [
      "/apis/apps/v1/namespaces/switchyard/deployments",
      "/api/v1/namespaces/switchyard/services",
      "/api/v1/namespaces/switchyard/secrets",
      "/apis/policy/v1/namespaces/switchyard/poddisruptionbudgets",
      "/apis/networking.k8s.io/v1/namespaces/switchyard/networkpolicies",
    ]) {
      expect(
        (await cluster.api.list(kind)).map(({ metadata }) => metadata.name),
        kind,
      ).toEqual([]);
    }
  });
});
