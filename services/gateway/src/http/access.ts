import { isIPv4 } from "node:net";
import { RpcError, Status } from "@switchyard/rpc";

/** Throws PERMISSION_DENIED for a caller on another machine while no API key is configured. */
export function refuseStrangers(remoteAddress: string | undefined, hasKeys: boolean): void {
  if (hasKeys || isLoopback(remoteAddress)) return;
  throw new RpcError({
    code: Status.PERMISSION_DENIED,
    reason: "PERMISSION_DENIED",
    message:
      "no API keys are configured, so only callers on this machine are served; add keys under apiKeys in the configuration to serve others",
  });
}

/** Whether an address is one of this machine's own: `127.0.0.0/8`, `::1`, also as IPv4 in IPv6. */
export function isLoopback(address: string | undefined): boolean {
  const plain = address?.replace(/^::ffff:/i, "") ?? "";
  return plain === "::1" || (isIPv4(plain) && plain.startsWith("127."));
}
