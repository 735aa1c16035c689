/** Rows as aligned lines: the first `leftColumns` columns and `leftFrom` onwards to the left, what is between to the right. */
export function columns(
  rows: readonly (readonly string[])[],
  { leftColumns = 1, leftFrom = Number.POSITIVE_INFINITY } = {},
): string[] {
  const widthOf = (at: number) => Math.max(...rows.map((row) => row[at]?.length ?? 0));
  const widths = Array.from({ length: Math.max(...rows.map(({ length }) => length)) }, (_, at) => widthOf(at));
  const isLeft = (at: number) => at < leftColumns || at >= leftFrom;
  return rows.map((row) =>
    row
      .map((cell, at) => (isLeft(at) ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
