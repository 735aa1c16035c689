import type { IncomingMessage } from "node:http";
import { isIPv4 } from "node:net";
import { RpcError, Status } from "@switchyard/rpc";

/** What a request says of who sent it. */
export interface Sender {
  /** Address at the other end of the connection. */
  readonly remoteAddress: string | undefined;
  /** The Host header: the name that the sender reached this machine by. */
  readonly host: string | undefined;
}

/** The sender of a request, as its connection and headers tell. */
export const senderOf = ({ socket, headers }: IncomingMessage): Sender => ({
  remoteAddress: socket.remoteAddress,
  host: headers.host,
});

/** Throws PERMISSION_DENIED for a caller that is none of this machine's own while no API key is configured. */
export function refuseStrangers(sender: Sender, hasKeys: boolean): void {
  const strange = hasKeys ? undefined : strangeness(sender);
  if (strange === undefined) return;
  throw new RpcError({
    code: Status.PERMISSION_DENIED,
    reason: "PERMISSION_DENIED",
    message: `no API keys are configured, so only callers on this machine are served, but ${strange}; add keys under apiKeys in the configuration to serve others`,
  });
}

/**
 * Why a request is not one of this machine's own, in words; undefined if it is. A web page can have its own name point at
 * 127.0.0.1 and so make the browser of somebody on this machine its messenger; only the Host header tells.
 */
export function strangeness({ remoteAddress, host }: Sender): string | undefined {
  if (!isLoopback(remoteAddress)) return "the request comes from another one";
  return isLoopbackHost(host) ? undefined : "the Host header is not localhost, 127.0.0.1 or [::1]";
}

/** Whether an address is one of this machine's own: `127.0.0.0/8`, `::1`, also as IPv4 in IPv6. */
export function isLoopback(address: string | undefined): boolean {
  const plain = address?.replace(/^::ffff:/i, "") ?? "";
  return plain === "::1" || (isIPv4(plain) && plain.startsWith("127."));
}

/** Whether a Host header names this machine to itself: `localhost`, `127.0.0.0/8` or `[::1]`, with or without a port. */
export function isLoopbackHost(host: string | undefined): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(host ?? "");
}
