import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root folder, with a slash at its end. */
export const repository = fileURLToPath(new URL("../../../", import.meta.url));

/** Where programs and schemas that tests need are kept between runs: outside the tree, or a clean install would cost a build of Kubernetes. */
export const cacheFolder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "switchyard-tools");

/** A program that is built from source. */
export interface Tool {
  /** What is built, as `go install` names it. */
  readonly package: string;
  readonly version: string;
  /** Folder beside this file with a go.mod that pins the program: for what `go install` refuses. */
  readonly module?: string;
}

/** Every program the tests run, each at one version. */
export const tools = {
  helm: { package: "helm.sh/helm/v4/cmd/helm", version: "v4.3.1" },
  kubeconform: { package: "github.com/yannh/kubeconform/cmd/kubeconform", version: "v0.8.0" },
  kustomize: { package: "sigs.k8s.io/kustomize/kustomize/v5", version: "v5.8.1" },
  collector: { package: ".", version: "v0.159.0", module: "collector" },
  promtool: { package: "github.com/prometheus/prometheus/cmd/promtool", version: "v0.315.0", module: "promtool" },
} as const satisfies Record<string, Tool>;

export type ToolName = keyof typeof tools;

/** The path of a program once it is installed. */
export const toolPath = (name: ToolName) => join(cacheFolder, `${name}@${tools[name].version}`, name);

/** Go modules that are read and never built: where the schemas of Kubernetes and of custom resources come from. */
export const sources = {
  kubernetes: "k8s.io/kubernetes@v1.36.2",
  gatewayApi: "sigs.k8s.io/gateway-api@v1.6.1",
  prometheusOperator: "github.com/prometheus-operator/prometheus-operator@v0.85.0",
  certManager: "github.com/cert-manager/cert-manager@v1.21.2",
  keda: "github.com/kedacore/keda/v2@v2.21.0",
} as const;

/** The control plane, once `install-control-plane.ts` built it. */
export const controlPlanePath = join(cacheFolder, `control-plane@${sources.kubernetes.split("@")[1]}`, "control-plane");
