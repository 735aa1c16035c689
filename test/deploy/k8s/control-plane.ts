import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { stringify } from "yaml";
import { controlPlanePath } from "../tools/tools.ts";
import { type KubernetesApi, kubernetesApi } from "./kubernetes-api.ts";

/** A Kubernetes without nodes: API server, controllers and scheduler over etcd, each a process, as in a real cluster. */
export interface ControlPlane {
  /** Path of a file for `--kubeconfig`; who uses it may do everything. */
  readonly kubeconfig: string;
  readonly api: KubernetesApi;
  stop(): Promise<void>;
}

/** Starts a control plane on free ports of this machine. Rejects with the logs if it does not get ready. */
export async function startControlPlane(): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), "switchyard-k8s-"));
  const [etcdPort = 0, peerPort = 0, apiPort = 0] = await freePorts(3);
  const token = randomBytes(16).toString("hex");
  const path = (name: string) => join(folder, name);
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  writeFileSync(path("service-account.key"), privateKey);
  writeFileSync(path("service-account.pub"), publicKey);
  writeFileSync(path("tokens.csv"), `${token},admin,admin,"system:masters"\n`);
  writeFileSync(path("kubeconfig"), kubeconfig(apiPort, token));

  const children: ChildProcess[] = [];
  const start = (part: string, flags: Record<string, string>) => {
    const log = openSync(path(`${part}.log`), "w");
    const parameters = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    children.push(spawn(controlPlanePath, [part, ...parameters], { cwd: folder, stdio: ["ignore", log, log] }));
  };
  const stop = async () => {
    // An API server takes a minute to end by itself, and nothing here is to be kept.
    await Promise.all(
      children.map((child) => {
        const ended = new Promise((resolve) => child.once("exit", resolve));
        return child.kill("SIGKILL") ? ended : undefined;
      }),
    );
    rmSync(folder, { recursive: true, force: true });
  };

  start("etcd", {
    "data-dir": path("etcd"),
    "listen-client-urls": `http://127.0.0.1:${etcdPort}`,
    "advertise-client-urls": `http://127.0.0.1:${etcdPort}`,
    "listen-peer-urls": `http://127.0.0.1:${peerPort}`,
    "initial-advertise-peer-urls": `http://127.0.0.1:${peerPort}`,
    "initial-cluster": `default=http://127.0.0.1:${peerPort}`,
    "unsafe-no-fsync": "true",
    "log-level": "error",
  });
  start("kube-apiserver", {
    "etcd-servers": `http://127.0.0.1:${etcdPort}`,
    "secure-port": String(apiPort),
    "bind-address": "127.0.0.1",
    "advertise-address": "127.0.0.1",
    "endpoint-reconciler-type": "none",
    "cert-dir": path("certificates"),
    "service-account-issuer": "https://kubernetes.default.svc",
    "service-account-key-file": path("service-account.pub"),
    "service-account-signing-key-file": path("service-account.key"),
    "service-cluster-ip-range": "10.96.0.0/24",
    "token-auth-file": path("tokens.csv"),
    "authorization-mode": "RBAC",
  });
  const api = kubernetesApi(`https://127.0.0.1:${apiPort}`, token);
  try {
    await vi.waitFor(() => api.get("/readyz"), { timeout: 120_000, interval: 500 });
    const common = { kubeconfig: path("kubeconfig"), "leader-elect": "false", "secure-port": "0" };
    start("kube-controller-manager", {
      ...common,
      "service-account-private-key-file": path("service-account.key"),
      "node-monitor-grace-period": "24h",
    });
    start("kube-scheduler", common);
    await vi.waitFor(() => api.get("/api/v1/namespaces/default/serviceaccounts/default"), {
      timeout: 120_000,
      interval: 500,
    });
  } catch (error) {
    const logs = ["etcd", "kube-apiserver"].map((part) => readFileSync(path(`${part}.log`), "utf8").slice(-3_000));
    await stop();
    throw new Error(`the control plane does not get ready: ${(error as Error).message}\n${logs.join("\n")}`);
  }
  return { kubeconfig: path("kubeconfig"), api, stop };
}

function kubeconfig(port: number, token: string): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster: { server: `https://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } }],
    users: [{ name: "admin", user: { token } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "admin" } }],
    "current-context": "test",
  });
}

/** Ports that nobody listens at. All are held until the last is found, or the same would come twice. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    }),
  );
  return Promise.all(
    servers.map(async (server) => {
      const { port } = server.address() as AddressInfo;
      await new Promise((resolve) => server.close(resolve));
      return port;
    }),
  );
}
