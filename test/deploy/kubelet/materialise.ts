import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { KubernetesApi, KubernetesObject } from "../k8s/kubernetes-api.ts";
import type { ContainerSpec, PodSpec, VolumeSpec } from "./pod-spec.ts";

type Data = Readonly<Record<string, string>>;

async function secret(api: KubernetesApi, namespace: string | undefined, name: string): Promise<Data> {
  const { data = {} } = (await api.get(`/api/v1/namespaces/${namespace}/secrets/${name}`)) as { data?: Data };
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]));
}

/** Writes the volumes of a pod below a folder, one folder each. Rejects while something that is referred to is not there. */
export async function writeVolumes(api: KubernetesApi, pod: KubernetesObject, folder: string): Promise<void> {
  const { volumes = [] } = pod.spec as PodSpec;
  for (const volume of volumes) {
    const path = join(folder, volume.name);
    mkdirSync(path, { recursive: true, mode: 0o777 });
    for (const [name, content] of Object.entries(await contentOf(api, pod, volume))) {
      writeFileSync(join(path, name), content);
    }
  }
}

async function contentOf(api: KubernetesApi, { metadata }: KubernetesObject, volume: VolumeSpec): Promise<Data> {
  const { namespace } = metadata;
  if (volume.secret) return secret(api, namespace, volume.secret.secretName);
  if (!volume.configMap) return {};
  const map = await api.get(`/api/v1/namespaces/${namespace}/configmaps/${volume.configMap.name}`);
  return (map as { data?: Data }).data ?? {};
}

/** The variables of a container, references to Secrets, to the pod's own fields and to each other resolved. */
export async function environmentOf(
  api: KubernetesApi,
  { metadata }: KubernetesObject,
  { env = [] }: ContainerSpec,
  podIP: string,
): Promise<Record<string, string>> {
  const fields: Data = {
    "metadata.name": metadata.name,
    "metadata.namespace": metadata.namespace ?? "",
    "status.podIP": podIP,
  };
  const environment: Record<string, string> = {};
  for (const { name, value = "", valueFrom } of env) {
    if (valueFrom?.secretKeyRef) {
      const data = await secret(api, metadata.namespace, valueFrom.secretKeyRef.name);
      const found = data[valueFrom.secretKeyRef.key];
      if (found === undefined) throw new Error(`no key ${valueFrom.secretKeyRef.key} in its Secret`);
      environment[name] = found;
    } else if (valueFrom?.fieldRef) environment[name] = fields[valueFrom.fieldRef.fieldPath] ?? "";
    else environment[name] = value.replace(/\$\((\w+)\)/g, (whole, other: string) => environment[other] ?? whole);
  }
  return environment;
}
