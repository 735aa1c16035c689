import { parseConfig } from "@switchyard/config";
import { describe, expect, it } from "vitest";
import { examples, golden, ofKind } from "./render-chart.ts";

const nameOf = { gateway: "gateway", router: "router", providerAdapter: "provider-adapter" } as const;

/** The configuration as a pod of a service reads it, with what its Secrets would hold. */
function configurationOf(example: (typeof examples)[number], service: string) {
  const text = golden(example);
  const [config] = [...ofKind(text, "ConfigMap").values()].filter(({ data }) => data?.["switchyard.yaml"]);
  const container = ofKind(text, "Deployment").get(service)?.spec.template.spec.containers[0];
  const environment = Object.fromEntries(
    container.env.map(({ name, value }: { name: string; value?: string }) => [name, value ?? "redis://from-a-secret"]),
  );
  return { container, config: parseConfig(config?.data?.["switchyard.yaml"] ?? "", { environment, folder: "/" }) };
}

describe.each(examples)("the configuration of the %s example", (example) => {
  it("is taken by every service, which listens where its pod says", () => {
    for (const service of ["gateway", "router", "classifier", "cache", "budget", "provider-adapter"]) {
      const { container, config } = configurationOf(example, service);
      const section = config[service === "provider-adapter" ? "providerAdapter" : (service as "router")];
      const [port, adminPort] = container.ports.map(({ containerPort }: { containerPort: number }) => containerPort);
      expect(section.listen).toBe(`0.0.0.0:${port}`);
      expect(section.adminListen).toBe(`0.0.0.0:${adminPort}`);
    }
  });

  it("names peers that are Services of the chart, on the ports they have", () => {
    const services = new Map(
      [...ofKind(golden(example), "Service")].map(([, { metadata, spec }]) => [metadata.name, spec]),
    );
    for (const peer of Object.values(configurationOf(example, "router").config.peers)) {
      const [, name = "", port] = /^dns:\/\/\/([a-z-]+)\.switchyard\.svc\.cluster\.local:(\d+)$/.exec(peer) ?? [];
      expect(services.get(name)?.clusterIP, peer).toBe("None");
      expect(services.get(name)?.ports.map((one: { port: number }) => one.port)).toContain(Number(port));
    }
  });

  it("drains for less time than a pod has", () => {
    const { config } = configurationOf(example, nameOf.router);
    const grace = ofKind(golden(example), "Deployment").get("router")?.spec.template.spec.terminationGracePeriodSeconds;
    expect((config.drainNoticeMs + config.drainMs) / 1000 + 5).toBeLessThan(grace);
    expect(config.drainNoticeMs).toBe(5_000);
    expect(config.drainMs).toBeGreaterThan(config.router.defaultDeadlineMs);
  });
});

it("lets the router offer the models of providers whose keys only provider-adapter holds", () => {
  const { config } = configurationOf("production", "router");
  expect(config.providers.openai?.keys[0]?.secret).toBeDefined();
  expect(configurationOf("production", "gateway").config.redis?.url?.reveal()).toBe("redis://held-by-cache-and-budget");
});
