import { describe, expect, it } from "vitest";
import { examples, golden, type Manifest, manifestsOf, ofKind } from "./render-chart.ts";

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string } };
}

const podsOf = (text: string) =>
  manifestsOf(text).flatMap(({ kind, metadata, spec }) => {
    if (kind === "Pod") return [{ name: metadata.name, pod: spec }];
    return spec?.template ? [{ name: metadata.name, pod: spec.template.spec }] : [];
  });
const environmentOf = (deployment: Manifest | undefined): Variable[] =>
  deployment?.spec.template.spec.containers[0].env;

describe.each(examples)("the pods of the %s example", (example) => {
  it("are what the Pod Security level restricted asks for, with a root that is read-only", () => {
    const pods = podsOf(golden(example));
    expect(pods.length).toBeGreaterThanOrEqual(6);
    for (const { name, pod } of pods) {
      expect(pod.securityContext, name).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
      });
      expect(pod.automountServiceAccountToken, name).toBe(false);
      expect(pod.hostNetwork ?? pod.hostPID ?? pod.hostIPC, name).toBeUndefined();
      for (const container of pod.containers) {
        expect(container.securityContext, name).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
        expect(container.resources.limits.memory, name).toBeDefined();
      }
    }
  });

  it("have time to hear of their end, to finish their calls and to flush", () => {
    for (const [service, { spec }] of ofKind(golden(example), "Deployment")) {
      const { terminationGracePeriodSeconds, containers } = spec.template.spec;
      const sleep = service === "simulator" ? 5 : undefined;
      expect(containers[0].lifecycle?.preStop.sleep.seconds, service).toBe(sleep);
      expect(terminationGracePeriodSeconds, service).toBeGreaterThan(5 + 130);
      expect(spec.strategy.rollingUpdate.maxUnavailable, service).toBe(0);
    }
  });

  it("hold each secret only where it is used, and never in the clear", () => {
    const holders = new Map<string, string[]>();
    for (const [service, deployment] of ofKind(golden(example), "Deployment")) {
      for (const { name, valueFrom } of environmentOf(deployment)) {
        if (valueFrom?.secretKeyRef) holders.set(name, [...(holders.get(name) ?? []), service]);
      }
    }
    const redis = example === "production" ? ["budget", "cache", "router"] : ["budget", "cache"];
    expect(Object.fromEntries(holders)).toEqual({
      ...(example !== "quickstart" && { REDIS_URL: redis }),
      ...(example === "production" && { OPENAI_API_KEY: ["provider-adapter"] }),
    });
    expect(manifestsOf(golden(example)).filter(({ kind }) => kind === "Secret")).toEqual([]);
  });
});

it("live as long as the event loop turns, and are ready while their dependencies can be reached", () => {
  const deployments = ofKind(golden("default"), "Deployment");
  const container = (service: string) => deployments.get(service)?.spec.template.spec.containers[0];
  expect(container("budget")).toMatchObject({
    livenessProbe: { grpc: { port: 50054, service: "liveness" } },
    readinessProbe: { grpc: { port: 50054 } },
  });
  expect(container("gateway")).toMatchObject({
    livenessProbe: { httpGet: { path: "/healthz", port: "admin" } },
    readinessProbe: { httpGet: { path: "/readyz", port: "admin" } },
  });
});

it("are started anew by a change of the configuration, and by nothing else", () => {
  const checksums = (text: string) =>
    new Set(
      [...ofKind(text, "Deployment").values()].map(({ spec }) => spec.template.metadata.annotations["checksum/config"]),
    );
  expect(checksums(golden("default")).size).toBe(1);
  expect(checksums(golden("production"))).not.toEqual(checksums(golden("default")));
  for (const { spec } of ofKind(golden("default"), "Deployment").values()) {
    expect(Object.keys(spec.template.metadata.labels).join()).not.toContain("chart");
  }
});
