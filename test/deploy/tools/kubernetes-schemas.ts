import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { cacheFolder, sources } from "./tools.ts";

/** Folder with one JSON schema per kind, as kubeconform looks for them: GROUP_VERSION/KIND.json, the kind in lower case. */
export const schemaFolder = join(
  cacheFolder,
  `schemas-${createHash("sha256").update(JSON.stringify(sources)).digest("hex").slice(0, 12)}`,
);

interface Schema {
  [key: string]: unknown;
  properties?: Record<string, Schema>;
}

const kinds = [
  ["", "v1", "ConfigMap", "io.k8s.api.core.v1.ConfigMap"],
  ["", "v1", "Namespace", "io.k8s.api.core.v1.Namespace"],
  ["", "v1", "Pod", "io.k8s.api.core.v1.Pod"],
  ["", "v1", "Service", "io.k8s.api.core.v1.Service"],
  ["", "v1", "ServiceAccount", "io.k8s.api.core.v1.ServiceAccount"],
  ["apps", "v1", "Deployment", "io.k8s.api.apps.v1.Deployment"],
  ["apps", "v1", "StatefulSet", "io.k8s.api.apps.v1.StatefulSet"],
  ["autoscaling", "v2", "HorizontalPodAutoscaler", "io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler"],
  ["networking.k8s.io", "v1", "NetworkPolicy", "io.k8s.api.networking.v1.NetworkPolicy"],
  ["policy", "v1", "PodDisruptionBudget", "io.k8s.api.policy.v1.PodDisruptionBudget"],
] as const;

const customResources = [
  [sources.gatewayApi, "config/crd/standard/gateway.networking.k8s.io_grpcroutes.yaml"],
  [
    sources.prometheusOperator,
    "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
    "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml",
  ],
  [sources.certManager, "deploy/crds/cert-manager.io_certificates.yaml"],
  [sources.keda, "config/crd/bases/keda.sh_scaledobjects.yaml"],
] as const;

/** Writes the schemas of the kinds that the chart renders, from the OpenAPI document of Kubernetes and from projects' CRDs. */
export function writeSchemas(): void {
  if (existsSync(join(schemaFolder, "complete"))) return;
  const swagger = JSON.parse(
    readFileSync(join(moduleFolder(sources.kubernetes), "api/openapi-spec/swagger.json"), "utf8"),
  ) as { definitions: Record<string, Schema> };
  const definitions = Object.fromEntries(
    Object.entries(swagger.definitions).map(([name, schema]) => [name, exact(name, schema)]),
  );
  for (const [group, version, kind, definition] of kinds) {
    write(group, version, kind, {
      $ref: `#/definitions/${definition}`,
      definitions: neededBy(definition, definitions),
    });
  }
  for (const [module, ...files] of customResources) {
    for (const file of files) writeCustomResource(readFileSync(join(moduleFolder(module), file), "utf8"));
  }
  writeFileSync(join(schemaFolder, "complete"), "");
}

/** A definition and those it refers to: a whole document in each schema would be read for seconds. */
function neededBy(root: string, definitions: Record<string, unknown>): Record<string, unknown> {
  const needed: Record<string, unknown> = {};
  const open = [root];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name in needed) continue;
    needed[name] = definitions[name];
    for (const [, other = ""] of JSON.stringify(definitions[name]).matchAll(/#\/definitions\/([^"]+)"/g))
      open.push(other);
  }
  return needed;
}

/** Fetches a module into Go's own cache, checked against Go's checksum database, and returns its folder. */
function moduleFolder(module: string): string {
  const { status, stdout, stderr } = spawnSync("go", ["mod", "download", "-json", module], { encoding: "utf8" });
  if (status !== 0) throw new Error(`cannot download ${module}: ${stderr || stdout}`);
  return (JSON.parse(stdout) as { Dir: string }).Dir;
}

function writeCustomResource(text: string): void {
  const { spec } = parse(text) as {
    spec: {
      group: string;
      names: { kind: string };
      versions: { name: string; schema: { openAPIV3Schema: Schema } }[];
    };
  };
  for (const { name, schema } of spec.versions) {
    const strict = closed(schema.openAPIV3Schema) as Schema;
    // Every object has metadata, whose shape a CRD leaves out.
    strict.properties = { ...strict.properties, metadata: { type: "object" } };
    write(spec.group, name, spec.names.kind, strict);
  }
}

function write(group: string, version: string, kind: string, schema: Schema): void {
  // Kinds without a group stand under their version twice, since that is what kubeconform asks for.
  const folder = join(schemaFolder, `${group || version}_${version}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${kind.toLowerCase()}.json`), JSON.stringify(schema));
}

/** A definition of the OpenAPI document as the API server takes it: no unknown field; amounts and ports as text or number. */
function exact(name: string, schema: Schema): unknown {
  if (name.endsWith(".Quantity") || name.endsWith(".IntOrString")) return { type: ["string", "number"] };
  return closed(schema);
}

function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)])) as Schema;
  if (inner["x-kubernetes-int-or-string"] === true) return { type: ["string", "number"] };
  delete inner.format;
  if (inner.properties && inner.additionalProperties === undefined && !inner["x-kubernetes-preserve-unknown-fields"]) {
    inner.additionalProperties = false;
  }
  return inner;
}
