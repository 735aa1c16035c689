import { execFile, execFileSync, spawnSync } from "node:child_process";
import { promisify } from "node:util";

/** A bridge of this machine, and network namespaces that hang on it: what pods run in. Needs root and iproute2. */
export interface PodNetwork {
  /** This machine's own address on the bridge. */
  readonly hostAddress: string;
  /** Makes a namespace with an address of its own. */
  addPod(): Promise<{ readonly namespace: string; readonly address: string }>;
  removePod(namespace: string): Promise<void>;
  /** Makes an address this machine's own, as every node does with those of Services. */
  claim(address: string): void;
  close(): void;
}

const prefix = "swk";
const hostAddress = "10.231.0.1";

const ip = (...parameters: string[]) => execFileSync("ip", parameters, { encoding: "utf8", stdio: "pipe" });

/** What happens while pods run may not hold this process up. */
const ipLater = promisify((parameters: string[], done: (error: Error | null) => void) =>
  execFile("ip", parameters, (error) => done(error)),
);

/** Whether namespaces can be made here. */
export function hasNamespaces(): boolean {
  const name = `${prefix}-try-${process.pid}`;
  if (spawnSync("ip", ["netns", "add", name]).status !== 0) return false;
  ip("netns", "delete", name);
  return true;
}

/** Makes the bridge. What a run that was cut left behind goes first. */
export function createPodNetwork(): PodNetwork {
  const bridge = `${prefix}-bridge`;
  for (const line of ip("netns", "list").split("\n")) {
    const [name = ""] = line.split(" ");
    if (name.startsWith(`${prefix}-`)) ip("netns", "delete", name);
  }
  spawnSync("ip", ["link", "delete", bridge]);
  ip("link", "add", bridge, "type", "bridge");
  ip("address", "add", `${hostAddress}/16`, "dev", bridge);
  ip("link", "set", bridge, "up");
  let count = 0;
  const namespaces = new Set<string>();
  const removePod = async (namespace: string) => {
    if (namespaces.delete(namespace)) await ipLater(["netns", "delete", namespace]);
  };
  return {
    hostAddress,
    async addPod() {
      const number = ++count;
      const namespace = `${prefix}-${number}`;
      const address = `10.231.${1 + (number >> 8)}.${number & 255}`;
      const link = `${prefix}${number}`;
      await ipLater(["netns", "add", namespace]);
      namespaces.add(namespace);
      await ipLater(["link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", namespace]);
      await ipLater(["link", "set", link, "master", bridge, "up"]);
      await ipLater(["-n", namespace, "address", "add", `${address}/16`, "dev", "eth0"]);
      for (const device of ["lo", "eth0"]) await ipLater(["-n", namespace, "link", "set", device, "up"]);
      await ipLater(["-n", namespace, "route", "add", "default", "via", hostAddress]);
      return { namespace, address };
    },
    removePod,
    claim: (address) => void ip("address", "add", `${address}/32`, "dev", bridge),
    close() {
      for (const namespace of namespaces) ip("netns", "delete", namespace);
      ip("link", "delete", bridge);
    },
  };
}
