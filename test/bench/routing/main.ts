import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { loadOdds, shippedOdds } from "@switchyard/service-router/odds";
import type { OperatingPoints } from "@switchyard/service-router/training/operating-points";
import { type RoutingRow, readLines, routingFiles } from "@switchyard/service-router/training/routing-data";
import { curveSvg } from "./curve-svg.ts";
import { measureSet } from "./measure-set.ts";
import { pace } from "./pace.ts";
import { tableOf } from "./table.ts";

// npm run bench:routing -- --data FILE_OR_DIR [--json] [--picture FILE] [--weights FILE]

const { values: options } = parseArgs({
  options: {
    data: { type: "string" },
    json: { type: "boolean", default: false },
    picture: { type: "string" },
    weights: { type: "string", default: shippedOdds },
  },
});
if (!options.data) throw new TypeError("which prompts? --data FILE_OR_DIR");

const odds = loadOdds(options.weights);
const points = JSON.parse(
  readFileSync(join(dirname(options.weights), "odds-operating-points.json"), "utf8"),
) as OperatingPoints;
const all = routingFiles(options.data);
// A folder may hold what the odds were learned from; that would measure memory.
const files = all.length === 1 ? all : all.filter(({ stem }) => !stem.endsWith(".train"));
const sets = files.map(({ stem, path }) => {
  const rows = readLines<RoutingRow>(path);
  return { stem, rows, measures: measureSet(rows, odds, points) };
});
const usPerDecision = pace(
  odds,
  sets.flatMap(({ rows }) => rows.map(({ prompt }) => prompt)),
);
if (options.picture) writeFileSync(options.picture, curveSvg(sets));
const result = {
  sets: Object.fromEntries(sets.map(({ stem, measures: { curve: _, ...measures } }) => [stem, measures])),
  usPerDecision,
  weights: odds.version,
};
process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : tableOf(result));
