/** A cell; money is in nano-USD and written as dollars. */
export type CsvCell = string | number | bigint | boolean | { readonly usdNanos: bigint };

/**
 * A line of CSV (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe in front: names come from
 * callers.
 */
export const csvLine = (cells: readonly CsvCell[]): string => `${cells.map(cellText).join(",")}\n`;

function cellText(cell: CsvCell): string {
  if (typeof cell === "object") return exactUsd(cell.usdNanos);
  return typeof cell === "string" ? quoted(cell) : String(cell);
}

function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Nano-USD as dollars, exactly: `-0.000000001`. */
export function exactUsd(nanos: bigint): string {
  const digits = String(nanos < 0n ? -nanos : nanos).padStart(10, "0");
  return `${nanos < 0n ? "-" : ""}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}
