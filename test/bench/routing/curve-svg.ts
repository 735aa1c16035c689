import type { CurvePoint } from "@switchyard/service-router/training/measures";

/** A set with its curve. */
export interface DrawnSet {
  readonly stem: string;
  readonly measures: { readonly apgr: number; readonly curve: readonly CurvePoint[] };
}

const width = 760;
const height = 440;
const frame = { left: 64, top: 48, right: 540, bottom: 384 };
const colours = ["#0b6e99", "#c2410c", "#15803d", "#7e22ce", "#b45309", "#be123c"];

/**
 * The cost-quality curves of sets as a picture: the share of the prompts that the strong model answers, and the share of
 * the gap in quality between the cheap and the strong model that is recovered. The dashed line is random choice.
 */
export function curveSvg(sets: readonly DrawnSet[]): string {
  const lines = sets.map(({ measures }, index) => line(recovered(measures.curve), colourOf(index)));
  const legend = sets.map(({ stem, measures }, index) => {
    const y = frame.top + 14 + 24 * index;
    return `<rect x="${frame.right + 20}" y="${y - 9}" width="16" height="4" fill="${colourOf(index)}"/>${text(frame.right + 44, y - 2, `${stem}, APGR ${measures.apgr.toFixed(2)}`)}`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13">`,
    "<title>Quality recovered over strong calls</title>",
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(frame.left, 24, "Quality recovered over strong calls (npm run bench:routing)", 'font-weight="600"'),
    ...ticks(),
    `<path d="${path([0, 1].map((share) => [share, share]))}" stroke="#6b7280" stroke-dasharray="5 5" fill="none"/>`,
    ...lines,
    ...legend,
    text(frame.left + 130, height - 16, "share of prompts that the strong model answers"),
    "</svg>",
    "",
  ].join("\n");
}

function ticks(): string[] {
  return [0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => {
    const [x, y] = place(share, share);
    const label = `${Math.round(100 * share)}%`;
    return (
      `<path d="M${x} ${frame.top}V${frame.bottom}M${frame.left} ${y}H${frame.right}" stroke="#e5e7eb"/>` +
      text(x - 10, frame.bottom + 20, label) +
      text(frame.left - 44, y + 4, label)
    );
  });
}

const colourOf = (index: number) => colours[index % colours.length] as string;

function recovered(curve: readonly CurvePoint[]): [number, number][] {
  const [cheap, strong] = [curve[0]?.quality ?? 0, curve.at(-1)?.quality ?? 1];
  return curve.map(({ strongShare, quality }) => [strongShare, (quality - cheap) / (strong - cheap)]);
}

const line = (points: readonly (readonly number[])[], colour: string) =>
  `<path d="${path(points)}" stroke="${colour}" stroke-width="2.5" fill="none"/>`;

const path = (points: readonly (readonly number[])[]) =>
  points.map(([x, y], index) => `${index === 0 ? "M" : "L"}${place(x as number, y as number).join(" ")}`).join("");

/** Where a share of calls and a share of the gap lie; what is above the frame is cut off. */
function place(x: number, y: number): [number, number] {
  const kept = Math.max(-0.1, Math.min(1.12, y));
  const round = (value: number) => Math.round(value * 10) / 10;
  return [round(frame.left + x * (frame.right - frame.left)), round(frame.bottom - kept * (frame.bottom - frame.top))];
}

const text = (x: number, y: number, content: string, more = "") =>
  `<text x="${x}" y="${y}" fill="#111827" ${more}>${content.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</text>`;
