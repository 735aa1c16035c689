import { describe, expect, it } from "vitest";
import { exampleValues, type Manifest, manifestsOf, ofKind, renderChart } from "./render-chart.ts";

const render = (...set: string[]) => {
  const { text, complaint } = renderChart({ values: [exampleValues("quickstart")], set });
  expect(complaint).toBe("");
  return text;
};
const secretOf = ({ spec }: Manifest) =>
  (spec.template?.spec ?? spec).volumes.find(({ name }: { name: string }) => name === "tls")?.secret.secretName;

describe.each([
  ["of an existing Secret", "tls.existingSecret=own-tls", "own-tls"],
  ["that cert-manager keeps", "tls.certManager.issuerRef.name=internal", "switchyard-tls"],
])("mutual TLS by a certificate %s", (_name, set, secret) => {
  const text = render(set, ...(secret === "own-tls" ? [] : ["tls.certManager.enabled=true"]));

  it("reaches every pod that calls or is called by gRPC, and is named in the configuration", () => {
    for (const [service, deployment] of ofKind(text, "Deployment")) {
      expect(secretOf(deployment), service).toBe(service === "simulator" ? undefined : secret);
    }
    const [test] = manifestsOf(text).filter(({ kind }) => kind === "Pod");
    expect(test && secretOf(test)).toBe(secret);
    const config = manifestsOf(text).find(({ kind }) => kind === "ConfigMap")?.data?.["switchyard.yaml"];
    expect(config).toContain("cert: /etc/switchyard-tls/tls.crt");
    expect(config).toContain("clientCertificate: required");
  });

  it("lets kubelets, which show no certificate, probe over HTTP", () => {
    const budget = ofKind(text, "Deployment").get("budget")?.spec.template.spec.containers[0];
    expect(budget).toMatchObject({
      livenessProbe: { httpGet: { path: "/healthz", port: "admin" } },
      readinessProbe: { httpGet: { path: "/readyz", port: "admin" } },
    });
  });
});

it("a certificate bears every name that a service is called by", () => {
  const text = render("tls.certManager.issuerRef.name=internal", "tls.certManager.enabled=true");
  const certificate = manifestsOf(text).find(({ kind }) => kind === "Certificate");
  const config = manifestsOf(text).find(({ kind }) => kind === "ConfigMap")?.data?.["switchyard.yaml"] ?? "";
  const called = [...config.matchAll(/dns:\/\/\/([a-z.-]+):/g)].map(([, name]) => name);
  expect(called).toHaveLength(5);
  expect(certificate?.spec.dnsNames).toEqual(expect.arrayContaining(called));
  expect(certificate?.spec.dnsNames).toContain("switchyard.switchyard.svc.cluster.local");
});
