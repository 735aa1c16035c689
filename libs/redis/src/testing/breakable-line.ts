import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A line to a Redis server that tests can break, for outages of a server they must not stop. */
export interface BreakableLine {
  /** The server's URL, by way of the line. */
  readonly url: string;
  /** Ends every connection and refuses new ones, like a server that is down. */
  cut(): void;
  /** Lets commands through and holds replies back, like a network that loses one direction. */
  deafen(): void;
  /** Ends connections with a lost reply, and lets everything through again. */
  mend(): void;
  close(): Promise<void>;
}

type Mode = "open" | "cut" | "deaf";

/** Opens a line to the server at `url` (`redis://` only). */
export async function breakableLine(url: string): Promise<BreakableLine> {
  const target = new URL(url);
  const host = target.hostname.replace(/^\[|\]$/g, "");
  const port = Number(target.port || 6379);
  const sockets = new Set<Socket>();
  let mode: Mode = "open";
  const server = createServer((near) => {
    if (mode === "cut") {
      near.destroy();
      return;
    }
    const far = connect(port, host);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on("error", () => undefined);
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    near.on("data", (commands) => far.write(commands));
    far.on("data", (replies) => {
      if (mode !== "deaf") near.write(replies);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const endAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  const own = new URL(url);
  own.hostname = "127.0.0.1";
  own.port = String((server.address() as { port: number }).port);
  return {
    url: own.href,
    cut: () => {
      mode = "cut";
      endAll();
    },
    deafen: () => {
      mode = "deaf";
    },
    mend: () => {
      if (mode === "deaf") endAll();
      mode = "open";
    },
    async close() {
      server.close();
      endAll();
      await once(server, "close");
    },
  };
}
