/** Tells the person at the terminal how far a piece of work is; elsewhere it says nothing. */
export interface Progress {
  /** So many steps are done. `detail` is made only when it is shown. */
  show(done: number, detail: () => string): void;
  /** Takes the bar away. */
  finish(): void;
}

const barWidth = 30;
/** Often enough to be seen moving, seldom enough to cost nothing. */
const redrawMs = 100;

/** A bar for work of `total` steps, or a running figure where the total is not known. `now` is in milliseconds. */
export function createProgress(
  label: string,
  total: number | undefined,
  stream: Pick<NodeJS.WriteStream, "isTTY" | "write">,
  now: () => number,
): Progress {
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    show(done, detail) {
      if (!stream.isTTY || now() - drawnAt < redrawMs) return;
      drawnAt = now();
      stream.write(`\r\x1b[K${label} ${bar(done, total)}${detail()}`);
    },
    finish() {
      if (stream.isTTY) stream.write("\r\x1b[K");
    },
  };
}

function bar(done: number, total: number | undefined): string {
  if (!total) return "";
  const share = Math.min(1, done / total);
  const filled = Math.round(barWidth * share);
  return `[${"#".repeat(filled)}${".".repeat(barWidth - filled)}] ${Math.floor(share * 100)}% `;
}
