import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerSpec, ProbeSpec } from "./pod-spec.ts";

/** SERVING, in grpc.health.v1. */
const serving = 1;

/** Asks once, as a kubelet does: from outside, in the clear. */
export async function probeOnce(probe: ProbeSpec, container: ContainerSpec, address: string): Promise<boolean> {
  const timeoutMs = probe.timeoutSeconds * 1_000;
  const portOf = (port: number | string) =>
    typeof port === "number" ? port : container.ports?.find(({ name }) => name === port)?.containerPort;
  if (probe.httpGet) {
    const { path, port } = probe.httpGet;
    const signal = AbortSignal.timeout(timeoutMs);
    return fetch(`http://${address}:${portOf(port)}${path}`, { signal, headers: { connection: "close" } }).then(
      async (response) => (await response.text()) !== undefined && response.ok,
      () => false,
    );
  }
  if (probe.grpc) return askHealth(`${address}:${probe.grpc.port}`, probe.grpc.service ?? "", timeoutMs);
  if (probe.tcpSocket) return opens(address, Number(portOf(probe.tcpSocket.port)), timeoutMs);
  return true;
}

/** grpc.health.v1.Health/Check over plain HTTP/2: one length-prefixed message there, one back. */
async function askHealth(address: string, service: string, timeoutMs: number): Promise<boolean> {
  const session = connectHttp2(`http://${address}`);
  const name = Buffer.from(service);
  // Field 1, text.
  const message = name.length > 0 ? Buffer.concat([Buffer.of(0x0a, name.length), name]) : name;
  const answer = await new Promise<Buffer>((resolve) => {
    const fail = () => resolve(Buffer.alloc(0));
    session.once("error", fail);
    const call = session.request({
      ":method": "POST",
      ":path": "/grpc.health.v1.Health/Check",
      "content-type": "application/grpc",
      te: "trailers",
    });
    const chunks: Buffer[] = [];
    call.setTimeout(timeoutMs, fail);
    call.on("data", (chunk: Buffer) => chunks.push(chunk));
    call.once("end", () => resolve(Buffer.concat(chunks))).once("error", fail);
    call.end(Buffer.concat([Buffer.of(0, 0, 0, 0, message.length), message]));
  });
  session.destroy();
  const [field, status] = answer.subarray(5);
  return field === 0x08 && status === serving;
}

const opens = (host: string, port: number, timeoutMs: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const end = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once("connect", () => end(true));
    for (const event of ["error", "timeout"]) socket.once(event, () => end(false));
  });

/** Probes in its period until it is aborted, and tells of each change of mind; `failureThreshold` failures in a row are one. */
export async function keepProbing(
  probe: ProbeSpec,
  ask: () => Promise<boolean>,
  over: AbortSignal,
  tell: (isWell: boolean) => void,
): Promise<void> {
  let failures = 0;
  while (!over.aborted) {
    if (await ask()) {
      failures = 0;
      tell(true);
    } else if (++failures >= probe.failureThreshold) tell(false);
    await sleep(probe.periodSeconds * 1_000, undefined, { signal: over }).catch(() => undefined);
  }
}
