import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesApi, KubernetesObject } from "../k8s/kubernetes-api.ts";
import type { PodNetwork } from "./pod-network.ts";
import { type RunningPod, runPod } from "./pod-runner.ts";
import type { PodSpec } from "./pod-spec.ts";

/** A node whose pods are processes of this machine, each in a network namespace of its own. For tests alone. */
export interface Kubelet {
  /** How every container ended so far. */
  readonly exits: readonly { readonly pod: string; readonly code: number | null; readonly wasAsked: boolean }[];
  /** Kills what still runs, and forgets the node. */
  stop(): Promise<void>;
}

export interface KubeletOptions {
  readonly api: KubernetesApi;
  readonly network: PodNetwork;
  /** Where volumes and logs are kept; not under a path that a pod mounts a volume at. */
  readonly folder: string;
}

const nodeName = "processes";
const lookMs = 150;

/** Adds the node to the cluster and runs the pods that the scheduler gives it. */
export async function startKubelet({ api, network, folder }: KubeletOptions): Promise<Kubelet> {
  await api.create("/api/v1/nodes", { kind: "Node", apiVersion: "v1", metadata: { name: nodeName } });
  const resources = { cpu: "64", memory: "256Gi", pods: "250", "ephemeral-storage": "1Ti" };
  const ready = { type: "Ready", status: "True", reason: "Processes", lastTransitionTime: new Date().toISOString() };
  await api.patch(`/api/v1/nodes/${nodeName}/status`, {
    status: { capacity: resources, allocatable: resources, conditions: [ready] },
  });
  // The controllers taint a node until it is ready.
  await api.patch(`/api/v1/nodes/${nodeName}`, { spec: { taints: null } });
  const running = new Map<string, RunningPod>();
  const ending = new Map<string, Promise<void>>();
  const exits: { pod: string; code: number | null; wasAsked: boolean }[] = [];
  const onExit = (pod: string, code: number | null, wasAsked: boolean) => void exits.push({ pod, code, wasAsked });

  const look = (pod: KubernetesObject) => {
    const { uid, deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata as KubernetesObject["metadata"] & {
      uid: string;
      deletionGracePeriodSeconds?: number;
    };
    if (!deletionTimestamp) {
      const isNew = !running.has(uid) && !ending.has(uid) && pod.status?.phase === "Pending";
      if (isNew) running.set(uid, runPod(pod, { api, network, folder, onExit }));
      return;
    }
    const known = running.get(uid);
    if (!known || ending.has(uid)) return;
    const grace = deletionGracePeriodSeconds ?? (pod.spec as PodSpec).terminationGracePeriodSeconds;
    running.delete(uid);
    ending.set(
      uid,
      known.end(grace).finally(() => ending.delete(uid)),
    );
  };
  const over = new AbortController();
  const looking = (async () => {
    while (!over.signal.aborted) {
      const pods = await api.list(`/api/v1/pods?fieldSelector=spec.nodeName%3D${nodeName}`).catch(() => []);
      for (const pod of pods) look(pod);
      await sleep(lookMs);
    }
  })();
  return {
    exits,
    async stop() {
      over.abort();
      await looking;
      await Promise.all([...running.values()].map((pod) => pod.kill()));
      await Promise.all(ending.values());
    },
  };
}
