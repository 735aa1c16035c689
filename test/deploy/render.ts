import { writeFileSync } from "node:fs";
import { examples, goldenPath, renderExample } from "./chart/render-chart.ts";

// Writes anew what is rendered from the chart and kept in the tree: run it after a change of the chart or of its configuration.

for (const example of examples) {
  const { text, complaint } = renderExample(example);
  if (complaint !== "") throw new Error(complaint);
  writeFileSync(goldenPath(example), text);
}
