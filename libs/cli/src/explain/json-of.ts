/** A message of the contract as JSON: integers of 64 bits as numbers where they fit exactly, times as ISO 8601. */
export const jsonOf = (message: unknown): string =>
  `${JSON.stringify(message, (_, value) => (typeof value === "bigint" ? exact(value) : value), 2)}\n`;

const exact = (value: bigint): number | string =>
  value >= -(2n ** 53n) && value <= 2n ** 53n ? Number(value) : String(value);
