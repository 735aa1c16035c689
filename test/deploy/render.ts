import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { examples, goldenPath, renderExample } from "./chart/render-chart.ts";
import { generatedFiles, kustomizeFolder } from "./kustomize/render-kustomize.ts";

// Writes anew what is rendered from the chart and kept in the tree: run it after a change of the chart or of its configuration.

for (const example of examples) {
  const { text, complaint } = renderExample(example);
  if (complaint !== "") throw new Error(complaint);
  writeFileSync(goldenPath(example), text);
}

for (const [path, content] of generatedFiles()) writeFileSync(join(kustomizeFolder, path), content);
