const largestPort = 65_535;

/** Whether a text is `HOST:PORT`, with the host of IPv6 in brackets. */
export function isAddress(text: string): boolean {
  const [, port] = /^(?:\[[0-9a-fA-F:]+\]|[^:/\s[\]]+):(\d{1,5})$/.exec(text) ?? [];
  return port !== undefined && Number(port) >= 1 && Number(port) <= largestPort;
}
