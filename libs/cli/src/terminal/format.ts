/** Dollars with thousands separators; small sums with four decimals. */
export function usd(nanos: number): string {
  const dollars = nanos / 1e9;
  if (dollars > 0 && dollars < 0.0001) return "<$0.0001";
  const digits = dollars !== 0 && Math.abs(dollars) < 1 ? 4 : 2;
  const text = Math.abs(dollars).toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${dollars < 0 ? "-" : ""}$${text}`;
}

/** A share (0 to 1) as percent. */
export const percent = (share: number) => `${(share * 100).toFixed(1)}%`;

/** The same, rounded down: a saving is never told larger than it is. */
export const percentDown = (share: number) => `${(Math.floor(share * 1_000 + 1e-9) / 10).toFixed(1)}%`;

/** A whole number with thousands separators. */
export const count = (value: number) => value.toLocaleString("en-US", { maximumFractionDigits: 0 });

/** Tokens in three or so digits: `18.0M`. */
export function tokens(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)}G`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)}M`;
  return value >= 1e4 ? `${(value / 1e3).toFixed(1)}k` : String(value);
}
