import { join } from "node:path";
import { type Example, exampleValues, manifestsOf, renderChart } from "../chart/render-chart.ts";
import { repository } from "../tools/tools.ts";

export const kustomizeFolder = join(repository, "deploy/kustomize");

/** The files under deploy/kustomize that are generated, with their content: objects, and the configuration apart from them. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const [folder, example] of [
    ["base", "default"],
    ["overlays/development", "quickstart"],
  ] as const) {
    const text = render(example);
    files.set(`${folder}/rendered.yaml`, withoutHelm(text));
    files.set(`${folder}/switchyard.yaml`, configurationIn(text));
  }
  // An overlay of a rendering without a shared breaker gives no router an address of Redis.
  files.set(
    "overlays/production/switchyard.yaml",
    configurationIn(render("production", ["config.router.breaker.shared=false"])),
  );
  return files;
}

function render(example: Example, set: readonly string[] = []): string {
  const { text, complaint } = renderChart({ values: [exampleValues(example)], set, skipTests: true });
  if (complaint !== "") throw new Error(complaint);
  return text;
}

const isConfigMap = (document: string) => /^kind: ConfigMap$/m.test(document);

function configurationIn(text: string): string {
  const configuration = manifestsOf(text).find(({ kind }) => kind === "ConfigMap")?.data?.["switchyard.yaml"];
  if (configuration === undefined) throw new Error("the chart renders no configuration");
  return configuration;
}

/** The objects but the configuration, without what only Helm has a use for. */
function withoutHelm(text: string): string {
  return text
    .split(/^---\n/m)
    .filter((document) => document.trim() !== "" && !isConfigMap(document))
    .map((document) =>
      document
        .replace(/^# Source: .*\n/m, "")
        .replace(/^ +helm\.sh\/chart: .*\n/gm, "")
        .replace(/^ +checksum\/config: .*\n/gm, "")
        .replaceAll("app.kubernetes.io/managed-by: Helm", "app.kubernetes.io/managed-by: kustomize")
        .trim(),
    )
    .map((document) => `---\n${document}\n`)
    .join("");
}
