import type { Frame } from "./call-tree.ts";

const width = 1600;
const rowHeight = 16;
/** Narrower than this, in pixels, is not drawn. */
const least = 0.4;

/** A call tree as an SVG of its own: width is time, every row is called by the one below it. Titles tell the rest. */
export function flameGraph(root: Frame, title: string): string {
  const boxes: string[] = [];
  let depth = 0;
  const draw = (frame: Frame, x: number, level: number) => {
    const box = (frame.totalUs / root.totalUs) * width;
    if (box < least) return;
    depth = Math.max(depth, level);
    boxes.push(boxOf(frame, x, level, box, root.totalUs));
    let from = x;
    for (const child of [...frame.children.values()].sort((a, b) => b.totalUs - a.totalUs)) {
      draw(child, from, level + 1);
      from += (child.totalUs / root.totalUs) * width;
    }
  };
  draw(root, 0, 0);
  const height = (depth + 3) * rowHeight;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="monospace" font-size="11">` +
    `<text x="8" y="14">${escaped(title)}</text><g transform="translate(0 ${height - rowHeight}) scale(1 1)">` +
    `${boxes.join("")}</g></svg>\n`
  );
}

function boxOf({ name, place, totalUs, selfUs }: Frame, x: number, level: number, box: number, allUs: number): string {
  const y = -level * rowHeight;
  const share = ((totalUs / allUs) * 100).toFixed(2);
  const text = `${name} ${place} ${share}% (itself ${((selfUs / allUs) * 100).toFixed(2)}%)`;
  const room = Math.floor(box / 7);
  const label = room > 3 ? `<text x="${(x + 2).toFixed(1)}" y="${y + 12}">${escaped(name.slice(0, room))}</text>` : "";
  return (
    `<g><title>${escaped(text)}</title><rect x="${x.toFixed(1)}" y="${y}" width="${box.toFixed(1)}" ` +
    `height="${rowHeight - 1}" fill="${colourOf(place)}"/>${label}</g>`
  );
}

/** Own code, libraries and Node apart. */
function colourOf(place: string): string {
  if (place.startsWith("services/") || place.startsWith("libs/")) return "#f2a65a";
  if (place.includes("node_modules/")) return "#8fb8de";
  return "#d9d9d9";
}

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
