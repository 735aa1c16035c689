import type { AddressInfo } from "node:net";
import { connect as connectTo, createServer, type Socket } from "node:net";

/** What a ClusterIP Service does: gives each new connection to one of those that say they are ready. */
export interface EdgeService {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts one in front of two gateways, whose `/readyz` it asks every 50 ms. */
export async function startEdgeService(
  addresses: readonly string[],
  adminAddresses: readonly string[],
): Promise<EdgeService> {
  let ready: readonly string[] = addresses;
  let turn = 0;
  const look = async () => {
    const answers = await Promise.all(
      adminAddresses.map((address) =>
        fetch(`http://${address}/readyz`, { signal: AbortSignal.timeout(1_000) }).then(
          async (response) => (await response.text()) && response.ok,
          () => false,
        ),
      ),
    );
    ready = addresses.filter((_, index) => answers[index]);
  };
  let isOver = false;
  const looking = (async () => {
    while (!isOver) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const [host = "", port] = (ready[turn++ % ready.length] ?? "").split(":");
    const upstream = connectTo(Number(port), host);
    for (const one of [socket, upstream]) {
      sockets.add(one);
      one.on("close", () => sockets.delete(one)).on("error", () => one.destroy());
    }
    socket.pipe(upstream).pipe(socket);
    socket.on("close", () => upstream.destroy());
    upstream.on("close", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      isOver = true;
      await looking;
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
