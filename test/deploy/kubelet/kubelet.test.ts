import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { startRedis } from "@switchyard/redis/testing";
import { startSimulator } from "@switchyard/test-e2e/network";
import { keys } from "@switchyard/test-e2e/network/config";
import { type OtlpReceiver, startOtlpReceiver } from "@switchyard/test-e2e/network/otlp-receiver";
import { describeTallies, kinds, startLoad } from "@switchyard/test-fault/rollout/load";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { stringify } from "yaml";
import { chartFolder } from "../chart/render-chart.ts";
import { type ControlPlane, startControlPlane } from "../k8s/control-plane.ts";
import { toolPath } from "../tools/tools.ts";
import { type ClusterNetwork, startClusterNetwork } from "./cluster-network.ts";
import { type Kubelet, startKubelet } from "./kubelet.ts";
import { createPodNetwork, hasNamespaces, type PodNetwork } from "./pod-network.ts";

// grpc-js asks a name server of one's own choice only so, and reads this when it is loaded.
vi.hoisted(() => {
  process.env.GRPC_NODE_USE_ALTERNATIVE_RESOLVER = "true";
});

const namespace = "switchyard";
// Pods have a /tmp of their own, which would hide what is needed from there.
mkdirSync("/var/tmp", { recursive: true });
const folder = mkdtempSync("/var/tmp/switchyard-kubelet-");
const opened = new AsyncDisposableStack();
let cluster: ControlPlane;
let network: PodNetwork;
let services: ClusterNetwork;
let kubelet: Kubelet;
let otlp: OtlpReceiver;

const services6 = ["gateway", "router", "classifier", "cache", "budget", "provider-adapter"];
const values = (hostAddress: string) => ({
  image: { registry: "registry.example.com", tag: "v1" },
  config: {
    apiKeys: [
      {
        name: "acme-backend",
        sha256: createHash("sha256").update(keys.acme).digest("hex"),
        tenant: "acme",
        budgetTier: "enterprise",
      },
    ],
    budget: { tiers: { enterprise: { tenant: { tokensPerDay: 1_000_000_000 } } } },
    providers: { compatible: { baseUrl: `http://${hostAddress}:8090/v1` } },
    rpc: { maxConnectionAgeMs: 10_000 },
  },
  providerKeys: { SWITCHYARD_API_KEY: { existingSecret: "provider", key: "key" } },
  redis: { existingSecret: { name: "redis", key: "url" } },
  defaults: { env: { OTEL_EXPORTER_OTLP_PROTOCOL: "http/json", OTEL_BSP_SCHEDULE_DELAY: "200" } },
  rollout: { noticeSeconds: 3, drainSeconds: 20 },
  telemetry: { otlpEndpoint: `http://${hostAddress}:4318` },
  test: { apiKey: { existingSecret: "caller", key: "key" } },
});

beforeAll(async () => {
  if (!hasNamespaces()) throw new Error("pods need network namespaces: run this as root, with iproute2");
  opened.defer(() => rmSync(folder, { recursive: true, force: true }));
  network = createPodNetwork();
  opened.defer(() => network.close());
  const { hostAddress } = network;
  const redis = await startRedis();
  opened.defer(() => redis.stop());
  otlp = await startOtlpReceiver();
  opened.defer(() => otlp.close());
  const simulator = await startSimulator(folder, { firstTokenMs: 20, tokensPerSecond: 100 });
  opened.defer(() => simulator.close());
  const outside = { 6379: redis.url, 4318: otlp.url, 8090: simulator.url };
  const rules = Object.entries(outside).map(([port, url]) => `${hostAddress}:${port}=${new URL(url).host}`);
  const relay = spawn(process.execPath, [fileURLToPath(new URL("relay.ts", import.meta.url)), ...rules]);
  opened.defer(() => void relay.kill());
  cluster = await startControlPlane();
  opened.defer(() => cluster.stop());
  await cluster.api.create("/api/v1/namespaces", {
    metadata: { name: namespace, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
  });
  for (const [name, stringData] of Object.entries({
    redis: { url: `redis://${hostAddress}:6379` },
    provider: { key: "sk-provider" },
    caller: { key: keys.acme },
  })) {
    await cluster.api.create(`/api/v1/namespaces/${namespace}/secrets`, { metadata: { name }, stringData });
  }
  services = await startClusterNetwork(cluster.api, network, namespace);
  opened.defer(() => services.close());
  kubelet = await startKubelet({ api: cluster.api, network, folder });
  opened.defer(() => kubelet.stop());
  writeFileSync(join(folder, "values.yaml"), stringify(values(hostAddress)));
}, 300_000);
afterAll(() => opened.disposeAsync());

async function helm(...parameters: string[]) {
  const child = spawn(toolPath("helm"), [...parameters, "--namespace", namespace, "--kubeconfig", cluster.kubeconfig]);
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const outputs = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await exited, output: outputs.join("") };
}
/** The end of every pod's log, for whoever reads a failure. */
const logs = () =>
  readdirSync(folder)
    .flatMap((pod) => services6.map((service) => join(folder, pod, `${service}.log`)))
    .map((path) => {
      try {
        return `${path}\n${readFileSync(path, "utf8").slice(-600)}`;
      } catch {
        return "";
      }
    })
    .filter((part) => part !== "")
    .join("\n");
const pods = () => cluster.api.list(`/api/v1/namespaces/${namespace}/pods`);
const edgeUrl = async () =>
  `http://${(await cluster.api.get(`/api/v1/namespaces/${namespace}/services/switchyard`)).spec.clusterIP}`;
const target = (service: string, port: number) =>
  `dns://${services.nameServer}/switchyard-${service}.${namespace}.svc.cluster.local:${port}`;
const patience = ["--wait", "--timeout", "240s"];

describe("a cluster whose pods run", { timeout: 400_000 }, () => {
  it("takes the chart, and every pod of it gets ready", async () => {
    const begin = performance.now();
    const parameters = [chartFolder, "--values", join(folder, "values.yaml"), ...patience];
    const { status, output } = await helm("install", "switchyard", ...parameters);
    expect(status, output + logs()).toBe(0);
    expect(await pods()).toHaveLength(12);
    expect(kubelet.exits).toEqual([]);
    process.stdout.write(`12 pods ready ${((performance.now() - begin) / 1_000).toFixed(0)} s after helm install\n`);
  });

  it("answers the request of helm test", async () => {
    const { status, output } = await helm("test", "switchyard", "--logs=false");
    expect(status, output + logs()).toBe(0);
  });

  it("leaves one trace of a request across the pods of all six services", async () => {
    const response = await fetch(`${await edgeUrl()}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${keys.acme}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "auto", messages: [{ role: "user", content: "Translate into French: hello" }] }),
    });
    expect(response.status, await response.text()).toBe(200);
    const traceId = response.headers.get("x-switchyard-trace-id");
    const spans = () => otlp.spans().filter((span) => span.traceId === traceId);
    const seenIn = (of: "service" | "pod") => [...new Set(spans().map((span) => span[of]))].sort();
    await expect.poll(() => seenIn("service")).toEqual(services6.map((service) => `switchyard-${service}`).sort());
    const running = (await pods()).map(({ metadata }) => metadata.name);
    expect(running).toEqual(expect.arrayContaining(seenIn("pod")));
    // More than one a service where its calls went to different pods.
    expect(seenIn("pod").length).toBeGreaterThanOrEqual(6);
    await expect
      .poll(() => {
        const known = new Set(spans().map(({ spanId }) => spanId));
        return spans().filter(({ parentSpanId }) => !known.has(parentSpanId)).length;
      })
      .toBe(1);
    process.stdout.write(`trace ${traceId}: ${spans().length} spans in ${seenIn("pod").length} pods\n`);
  });

  it("is upgraded under load without a failed call", async () => {
    // The pod of helm test is nobody's to replace.
    const before = new Set(
      (await pods()).map(({ metadata }) => metadata.name).filter((name) => !name.endsWith("-test")),
    );
    const load = startLoad({
      routerTarget: target("router", 50051),
      budgetTarget: target("budget", 50054),
      httpUrl: await edgeUrl(),
      callers: { explain: 1, "list-models": 1, usage: 1, complete: 2, stream: 2, http: 1, "http-stream": 1 },
      pauseMs: 20,
    });
    await expect.poll(load.total).toBeGreaterThan(50);
    const changes = ["--set", "image.tag=v2", "--set", "config.log.level=debug", ...patience];
    const parameters = [chartFolder, "--values", join(folder, "values.yaml"), ...changes];
    const { status, output } = await helm("upgrade", "switchyard", ...parameters);
    expect(status, output + logs()).toBe(0);
    const isGone = async () => (await pods()).every(({ metadata }) => !before.has(metadata.name));
    await expect.poll(isGone, { timeout: 60_000 }).toBe(true);
    const sofar = load.total();
    await expect.poll(load.total).toBeGreaterThan(sofar + 50);
    await load.stop();
    process.stdout.write(`helm upgrade, ${load.total()} answers\n${describeTallies(load.tallies)}\n`);
    for (const kind of kinds) {
      expect(load.tallies[kind].answered, kind).toBeGreaterThan(0);
      expect(load.tallies[kind].failures, kind).toEqual([]);
    }
    const ended = kubelet.exits.filter(({ pod }) => before.has(pod));
    expect(ended).toHaveLength(12);
    for (const { pod, code } of ended) expect(code, pod).toBe(0);
  });

  it("is left without a process by an uninstallation", async () => {
    const { status, output } = await helm("uninstall", "switchyard", "--wait");
    expect(status, output).toBe(0);
    const left = async () => (await pods()).filter(({ metadata }) => !metadata.name.endsWith("-test")).length;
    await expect.poll(left, { timeout: 60_000 }).toBe(0);
    // A router may be cut while it tries to settle with a budget service that is gone too.
    for (const { pod, code, wasAsked } of kubelet.exits.filter(({ pod }) => !pod.includes("-router-")))
      expect([code, wasAsked || pod.endsWith("-test")], pod).toEqual([0, true]);
  });
});
