import { createSocket } from "node:dgram";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesApi, KubernetesObject } from "../k8s/kubernetes-api.ts";
import type { PodNetwork } from "./pod-network.ts";

/** What CoreDNS and kube-proxy do in a cluster: names of Services, and the addresses of those that have one. */
export interface ClusterNetwork {
  /** `host:port` of the name server. */
  readonly nameServer: string;
  /** Addresses of a Service's ready pods, by the port's name: `http` gives `10.231.1.4:8080`. */
  endpoints(service: string, port: string): readonly string[];
  close(): Promise<void>;
}

interface Slice extends KubernetesObject {
  readonly ports: readonly { readonly name: string; readonly port: number }[] | null;
  readonly endpoints:
    | readonly { readonly addresses: readonly string[]; readonly conditions: { readonly ready?: boolean } }[]
    | null;
}

const lookMs = 150;

/** Serves the Services of one namespace from what EndpointSlices say. */
export async function startClusterNetwork(
  api: KubernetesApi,
  network: PodNetwork,
  namespace: string,
): Promise<ClusterNetwork> {
  let services = new Map<string, KubernetesObject>();
  let slices: readonly Slice[] = [];
  const slicesOf = (service: string) =>
    slices.filter(({ metadata }) => metadata.labels?.["kubernetes.io/service-name"] === service);
  const readyIn = ({ endpoints }: Slice) =>
    (endpoints ?? []).filter(({ conditions }) => conditions.ready !== false).flatMap(({ addresses }) => addresses);
  const endpoints = (service: string, port: string) =>
    slicesOf(service).flatMap((slice) => {
      const number = slice.ports?.find(({ name }) => name === port)?.port;
      return number === undefined ? [] : readyIn(slice).map((address) => `${address}:${number}`);
    });
  const addressesOf = (service: string): readonly string[] => {
    const clusterIP = services.get(service)?.spec.clusterIP;
    return clusterIP && clusterIP !== "None" ? [clusterIP] : slicesOf(service).flatMap(readyIn);
  };

  const proxies = new Map<string, { close(): void }>();
  const over = new AbortController();
  const look = async () => {
    const path = `/namespaces/${namespace}`;
    services = new Map((await api.list(`/api/v1${path}/services`)).map((one) => [one.metadata.name, one]));
    slices = (await api.list(`/apis/discovery.k8s.io/v1${path}/endpointslices`)) as readonly Slice[];
    for (const [name, { spec }] of services) {
      if (spec.clusterIP === "None" || proxies.has(name)) continue;
      network.claim(spec.clusterIP);
      const servers = spec.ports.map((port: { name: string; port: number }) =>
        forward(spec.clusterIP, port.port, () => endpoints(name, port.name)),
      );
      proxies.set(name, { close: () => servers.map((server: { close(): void }) => server.close()) });
    }
  };
  const looking = (async () => {
    while (!over.signal.aborted) {
      await look().catch(() => undefined);
      await sleep(lookMs);
    }
  })();
  const names = await serveNames(network.hostAddress, (name) => {
    const [service = "", inNamespace] = name.split(".");
    return inNamespace === namespace ? addressesOf(service) : [];
  });
  return {
    nameServer: `${network.hostAddress}:53`,
    endpoints,
    async close() {
      over.abort();
      await looking;
      names.close();
      for (const proxy of proxies.values()) proxy.close();
    },
  };
}

/** Gives each new connection to one of the targets, by turns. */
function forward(host: string, port: number, targets: () => readonly string[]): { close(): void } {
  let turn = 0;
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    const now = targets();
    const [address = "", at] = (now[turn++ % Math.max(1, now.length)] ?? "").split(":");
    if (at === undefined) return void socket.destroy();
    const upstream = connect(Number(at), address);
    for (const one of [socket, upstream]) {
      sockets.add(one);
      one.on("close", () => sockets.delete(one)).on("error", () => one.destroy());
    }
    socket.pipe(upstream).pipe(socket);
    socket.on("close", () => upstream.destroy());
    upstream.on("close", () => socket.destroy());
  });
  server.listen(port, host);
  return {
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

const [typeA, classInternet] = [1, 1];

/** Answers questions for A records (RFC 1035), with a life of one second; every other type of a known name has no answer. */
async function serveNames(host: string, lookUp: (name: string) => readonly string[]): Promise<{ close(): void }> {
  const socket = createSocket("udp4");
  socket.on("message", (query, from) => {
    const labels: string[] = [];
    let at = 12;
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      labels.push(query.toString("latin1", at + 1, at + 1 + length));
      at += 1 + length;
    }
    const question = query.subarray(12, at + 5);
    const addresses = lookUp(labels.join("."));
    const answers = query.readUInt16BE(at + 1) === typeA ? addresses : [];
    const header = Buffer.alloc(12);
    query.copy(header, 0, 0, 2);
    // A response with recursion, of no error, or that there is no such name.
    header.writeUInt16BE(addresses.length > 0 ? 0x8180 : 0x8183, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(answers.length, 6);
    const records = answers.map((address) => {
      const record = Buffer.alloc(16);
      // The name is the question's, at offset 12.
      record.writeUInt16BE(0xc00c, 0);
      record.writeUInt16BE(typeA, 2);
      record.writeUInt16BE(classInternet, 4);
      record.writeUInt32BE(1, 6);
      record.writeUInt16BE(4, 10);
      for (const [index, part] of address.split(".").entries()) record[12 + index] = Number(part);
      return record;
    });
    socket.send(Buffer.concat([header, question, ...records]), from.port, from.address);
  });
  await new Promise<void>((resolve, reject) => socket.once("error", reject).bind(53, host, resolve));
  return socket;
}
