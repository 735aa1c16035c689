/** Tokens and money together, as they are reserved, used and booked. Negative only where a correction takes back. */
export interface Amount {
  /** Input and output tokens. */
  readonly tokens: bigint;
  readonly costUsdNanos: bigint;
}

/** No single amount is larger: stores may count in doubles, which hold integers exactly up to here (9 million USD). */
export const largestAmount = 2n ** 53n - 1n;

export const nothing: Amount = { tokens: 0n, costUsdNanos: 0n };

export function plus(left: Amount, right: Amount): Amount {
  return { tokens: left.tokens + right.tokens, costUsdNanos: left.costUsdNanos + right.costUsdNanos };
}

export function negative(amount: Amount): Amount {
  return { tokens: -amount.tokens, costUsdNanos: -amount.costUsdNanos };
}
