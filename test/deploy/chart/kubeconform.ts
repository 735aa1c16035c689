import { spawnSync } from "node:child_process";
import { schemaFolder } from "../tools/kubernetes-schemas.ts";
import { toolPath } from "../tools/tools.ts";

/** Holds files, or text (`-`), against the schemas of Kubernetes and of the custom resources; an unknown field is an error. */
export const kubeconform = (parameters: readonly string[], input?: string) =>
  spawnSync(
    toolPath("kubeconform"),
    [
      ...["-strict", "-summary", "-schema-location"],
      `${schemaFolder}/{{ .Group }}_{{ .ResourceAPIVersion }}/{{ .ResourceKind }}.json`,
      ...parameters,
    ],
    { encoding: "utf8", ...(input !== undefined && { input }) },
  );
