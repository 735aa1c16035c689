import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { repository, toolPath } from "../tools/tools.ts";

export const chartFolder = join(repository, "deploy/helm/switchyard");

/** What each example is rendered for: a release `switchyard` in a namespace of that name. */
export const examples = ["default", "production", "quickstart"] as const;
export type Example = (typeof examples)[number];

export const exampleValues = (example: Example) => join(chartFolder, "examples", example, "values.yaml");
export const goldenPath = (example: Example) => join(chartFolder, "examples", example, "rendered.yaml");
export const golden = (example: Example) => readFileSync(goldenPath(example), "utf8");

export interface RenderOptions {
  /** Values files, later ones over earlier ones. */
  readonly values: readonly string[];
  /** As `--set`: `redis.dev.enabled=true`. */
  readonly set?: readonly string[];
  /** Kinds and API versions that the cluster is said to have beside Kubernetes' own. */
  readonly apiVersions?: readonly string[];
  /** Whether the pod of `helm test` is left out. */
  readonly skipTests?: boolean;
}

/** What a rendering ended with; `text` is empty where it failed, `complaint` where it did not. */
export interface Rendering {
  readonly text: string;
  readonly complaint: string;
}

/** Renders the chart as `helm install` would. */
export function renderChart({ values, set = [], apiVersions = [], skipTests = false }: RenderOptions): Rendering {
  const { status, stdout, stderr } = spawnSync(
    toolPath("helm"),
    [
      ...["template", "switchyard", chartFolder, "--namespace", "switchyard"],
      ...values.flatMap((file) => ["--values", file]),
      ...set.flatMap((assignment) => ["--set", assignment]),
      ...apiVersions.flatMap((version) => ["--api-versions", version]),
      ...(skipTests ? ["--skip-tests"] : []),
    ],
    { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
  );
  return status === 0 ? { text: stdout, complaint: "" } : { text: "", complaint: stderr };
}

/** Kinds of the Prometheus operator, as `--api-versions` takes them; the production example has them. */
export const monitoringKinds = ["ServiceMonitor", "PrometheusRule"].map((kind) => `monitoring.coreos.com/v1/${kind}`);

/** Renders an example; the production one for a cluster with the Prometheus operator. */
export const renderExample = (example: Example) =>
  renderChart({ values: [exampleValues(example)], apiVersions: example === "production" ? monitoringKinds : [] });

/** A Kubernetes object, as far as tests look into it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Record<string, string> };
  // biome-ignore lint/suspicious/noExplicitAny: an object of any kind, read by path
  readonly spec?: any;
  readonly data?: Readonly<Record<string, string>>;
}

/** The objects of a rendering. */
export const manifestsOf = (text: string): Manifest[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);

/** The objects of one kind, by the service they belong to. */
export const ofKind = (text: string, kind: string): Map<string, Manifest> =>
  new Map(
    manifestsOf(text)
      .filter((manifest) => manifest.kind === kind)
      .map((manifest) => [manifest.metadata.labels?.["app.kubernetes.io/component"] ?? "", manifest]),
  );
