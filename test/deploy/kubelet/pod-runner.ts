import type { ChildProcess } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesApi, KubernetesObject } from "../k8s/kubernetes-api.ts";
import { startContainer } from "./container-process.ts";
import { environmentOf, writeVolumes } from "./materialise.ts";
import type { PodNetwork } from "./pod-network.ts";
import type { ContainerSpec, PodSpec, ProbeSpec } from "./pod-spec.ts";
import { keepProbing, probeOnce } from "./probe.ts";

/** A pod that runs. */
export interface RunningPod {
  readonly name: string;
  /** How often its container was started anew. */
  restarts(): number;
  /** preStop, SIGTERM, and SIGKILL when the grace is over; resolves with the exit code when its objects are gone. */
  end(graceSeconds: number): Promise<void>;
  /** SIGKILL, without a word to the API. */
  kill(): Promise<void>;
}

export interface Surroundings {
  readonly api: KubernetesApi;
  readonly network: PodNetwork;
  readonly folder: string;
  /** Told how every container ended, and whether it had been asked to. */
  readonly onExit: (pod: string, code: number | null, wasAsked: boolean) => void;
}

/** Runs the one container of a pod until it is ended, and keeps the pod's status. */
export function runPod(pod: KubernetesObject, { api, network, folder, onExit }: Surroundings): RunningPod {
  const { name, namespace } = pod.metadata;
  const spec = pod.spec as PodSpec;
  const [container] = spec.containers;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const own = join(folder, name);
  mkdirSync(own, { recursive: true });
  let place = { namespace: "", address: "" };
  const over = new AbortController();
  const state = { isStarted: false, isReady: false, restarts: 0, phase: "Pending" };
  let child: ChildProcess | undefined;
  let ended = Promise.resolve();

  let reporting = Promise.resolve();
  const report = () => {
    reporting = reporting.then(() =>
      api.patch(`${path}/status`, { status: statusOf(spec, state, place.address) }).then(
        () => undefined,
        () => undefined,
      ),
    );
    return reporting;
  };
  const set = (change: Partial<typeof state>) => {
    if (Object.entries(change).every(([key, value]) => state[key as keyof typeof state] === value)) return;
    Object.assign(state, change);
    void report();
  };
  const ask = (probe: ProbeSpec) => () => probeOnce(probe, container, place.address);

  const watchOver = async (running: ChildProcess, signal: AbortSignal) => {
    const { startupProbe, livenessProbe, readinessProbe } = container;
    const kill = (isWell: boolean) => void (isWell || running.kill("SIGKILL"));
    if (startupProbe) {
      const started = new AbortController();
      await keepProbing(startupProbe, ask(startupProbe), AbortSignal.any([signal, started.signal]), (isWell) => {
        if (isWell) started.abort();
        else kill(false);
      });
    }
    if (signal.aborted) return;
    set({ isStarted: true, isReady: readinessProbe === undefined });
    await Promise.all([
      livenessProbe && keepProbing(livenessProbe, ask(livenessProbe), signal, kill),
      readinessProbe && keepProbing(readinessProbe, ask(readinessProbe), signal, (isReady) => set({ isReady })),
    ]);
  };

  const live = async () => {
    place = await network.addPod();
    await report();
    while (!over.signal.aborted) {
      try {
        await writeVolumes(api, pod, own);
        const environment = await environmentOf(api, pod, container, place.address);
        const { namespace, hostAddress } = { ...place, ...network };
        child = startContainer(container, { namespace, folder: own, nameServer: hostAddress, environment });
      } catch {
        // Something that it refers to is not there yet.
        await sleep(500, undefined, { signal: over.signal }).catch(() => undefined);
        continue;
      }
      const running = child;
      const gone = new AbortController();
      const exited = new Promise<number | null>((resolve) => running.once("exit", resolve));
      set({ phase: "Running" });
      const watching = watchOver(running, gone.signal);
      const code = await exited;
      gone.abort();
      await watching;
      onExit(name, code, over.signal.aborted);
      set({ isStarted: false, isReady: false });
      if (over.signal.aborted) return;
      if (spec.restartPolicy === "Never") return set({ phase: code === 0 ? "Succeeded" : "Failed" });
      set({ restarts: state.restarts + 1 });
      await sleep(1_000, undefined, { signal: over.signal }).catch(() => undefined);
    }
  };
  ended = live();
  const leave = async () => {
    await ended;
    await reporting;
    await network.removePod(place.namespace);
  };
  return {
    name,
    restarts: () => state.restarts,
    async end(graceSeconds) {
      const cut = setTimeout(() => child?.kill("SIGKILL"), graceSeconds * 1_000);
      const pause = container.lifecycle?.preStop?.sleep?.seconds ?? 0;
      if (pause > 0) await sleep(pause * 1_000);
      over.abort();
      child?.kill("SIGTERM");
      await leave();
      clearTimeout(cut);
      await api.remove(path).catch(() => undefined);
      rmSync(own, { recursive: true, force: true });
    },
    async kill() {
      over.abort();
      child?.kill("SIGKILL");
      await leave();
    },
  };
}

function statusOf(
  spec: PodSpec,
  { isStarted, isReady, restarts, phase }: { isStarted: boolean; isReady: boolean; restarts: number; phase: string },
  address: string,
): object {
  const now = new Date().toISOString();
  const condition = (type: string, holds: boolean) => ({
    type,
    status: holds ? "True" : "False",
    lastTransitionTime: now,
  });
  const isOver = phase === "Succeeded" || phase === "Failed";
  const exitCode = phase === "Failed" ? 1 : 0;
  const terminated = { exitCode, reason: phase === "Failed" ? "Error" : "Completed", finishedAt: now };
  return {
    phase,
    podIP: address,
    podIPs: [{ ip: address }],
    conditions: [condition("Initialized", true), condition("ContainersReady", isReady), condition("Ready", isReady)],
    containerStatuses: spec.containers.map(({ name, image }: ContainerSpec) => ({
      name,
      image,
      imageID: image,
      ready: isReady,
      started: isStarted,
      restartCount: restarts,
      state: isOver
        ? { terminated }
        : phase === "Running"
          ? { running: {} }
          : { waiting: { reason: "ContainerCreating" } },
    })),
  };
}
