import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { KeptTraces } from "@switchyard/telemetry";
import { splitAddress } from "./server.ts";

export interface AdminOptions {
  /** `host:port`; port 0 takes a free one. */
  readonly listen: string;
  readonly scrape: (request: IncomingMessage, response: ServerResponse) => void;
  /** Whether the process should be sent traffic. */
  readonly isReady: () => boolean;
  /** Shown as JSON at `/traces` and `/traces/ID`. */
  readonly traces?: KeptTraces | undefined;
}

export interface AdminServer {
  /** `host:port` as bound. */
  readonly address: string;
  close(): Promise<void>;
}

/** `/metrics`, `/healthz` (the event loop turns) and `/readyz` (traffic is welcome) over plain HTTP, for services that speak gRPC. */
export async function serveAdmin(options: AdminOptions): Promise<AdminServer> {
  const server = createServer((request, response) => {
    if (request.url === "/metrics") return options.scrape(request, response);
    if (request.url === "/healthz") return void response.end("ok\n");
    if (request.url === "/readyz") {
      response.statusCode = options.isReady() ? 200 : 503;
      return void response.end(options.isReady() ? "ok\n" : "not ready\n");
    }
    if (options.traces && request.url?.startsWith("/traces")) return showTraces(options.traces, request.url, response);
    response.statusCode = 404;
    response.end("not found\n");
  });
  const [host, port] = splitAddress(options.listen);
  // Node takes an IPv6 address without the brackets that an address with a port needs.
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, bare, resolve));
  return {
    address: `${host}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function showTraces(traces: KeptTraces, url: string, response: ServerResponse): void {
  const id = url.split("/")[2] ?? "";
  const answer = id === "" ? traces.list() : traces.find(id);
  response.statusCode = answer === undefined ? 404 : 200;
  response.setHeader("content-type", "application/json").end(JSON.stringify(answer ?? { message: "no such trace" }));
}
