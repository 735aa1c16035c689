import type { KubernetesApi, KubernetesObject } from "./kubernetes-api.ts";

/** A node that says of every pod what a kubelet would of one that runs well, and runs none. */
export interface StandInNode {
  stop(): Promise<void>;
}

const nodeName = "stand-in";
const condition = (type: string) => ({ type, status: "True", lastTransitionTime: new Date().toISOString() });

/** Adds the node to the cluster and keeps the status of its pods. */
export async function addStandInNode(api: KubernetesApi): Promise<StandInNode> {
  await api.create("/api/v1/nodes", { kind: "Node", apiVersion: "v1", metadata: { name: nodeName } });
  const resources = { cpu: "64", memory: "256Gi", pods: "250", "ephemeral-storage": "1Ti" };
  await api.patch(`/api/v1/nodes/${nodeName}/status`, {
    status: { capacity: resources, allocatable: resources, conditions: [{ ...condition("Ready"), reason: "StandIn" }] },
  });
  // The controllers taint a node until it is ready.
  await api.patch(`/api/v1/nodes/${nodeName}`, { spec: { taints: null } });
  const over = new AbortController();
  const watched = watch(api, over.signal);
  return {
    stop: async () => {
      over.abort();
      await watched;
    },
  };
}

async function watch(api: KubernetesApi, over: AbortSignal): Promise<void> {
  for (let count = 1; !over.aborted; ) {
    for (const pod of await api.list("/api/v1/pods").catch(() => [])) {
      if (pod.spec.nodeName !== nodeName) continue;
      const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}`;
      // Somebody else may have been quicker.
      if (pod.metadata.deletionTimestamp) await api.remove(path).catch(() => undefined);
      else if (pod.status.phase === "Pending") {
        const address = `10.1.${count >> 8}.${count++ & 255}`;
        await api.patch(`${path}/status`, { status: running(pod, address) }).catch(() => undefined);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function running({ spec }: KubernetesObject, address: string): object {
  const startedAt = new Date().toISOString();
  return {
    phase: "Running",
    podIP: address,
    podIPs: [{ ip: address }],
    startTime: startedAt,
    conditions: ["Initialized", "ContainersReady", "Ready"].map(condition),
    containerStatuses: spec.containers.map(({ name, image }: { name: string; image: string }) => ({
      name,
      image,
      imageID: image,
      ready: true,
      started: true,
      restartCount: 0,
      state: { running: { startedAt } },
    })),
  };
}
