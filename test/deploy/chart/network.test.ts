import { describe, expect, it } from "vitest";
import { edgesIn, type Rule } from "./network-edges.ts";
import { exampleValues, golden, ofKind, renderChart } from "./render-chart.ts";

const callGraph = [
  "gateway > router",
  "router > budget",
  "router > cache",
  "router > classifier",
  "router > provider-adapter",
];

describe("the network", () => {
  it("has the edges of the call graph and no others, said alike at both ends", () => {
    expect(edgesIn(golden("default"), "egress")).toEqual(callGraph);
    expect(edgesIn(golden("default"), "ingress")).toEqual(callGraph);
  });

  it("has those to the simulator and the Redis of its own where there are any", () => {
    const more = ["budget > redis", "cache > redis", "provider-adapter > simulator", "test > router"];
    const all = [...callGraph, ...more].sort();
    expect(edgesIn(golden("quickstart"), "egress")).toEqual(all);
    expect(edgesIn(golden("quickstart"), "ingress")).toEqual(all);
  });

  it("denies by default what no policy names, in both directions", () => {
    for (const [, { spec }] of ofKind(golden("default"), "NetworkPolicy")) {
      expect(spec.policyTypes).toEqual(["Ingress", "Egress"]);
    }
    expect([...ofKind(golden("default"), "NetworkPolicy").keys()]).toContain("");
  });

  it("lets only provider-adapter leave the cluster, and it not into private networks", () => {
    const isPrivate = (cidr: string) => /^(10|172\.16|192\.168)\./.test(cidr);
    const leaving = [...ofKind(golden("default"), "NetworkPolicy")].flatMap(([service, { spec }]) =>
      ((spec.egress ?? []) as Rule[])
        .flatMap(({ to = [] }) => to)
        .filter(({ ipBlock }) => ipBlock && !isPrivate(ipBlock.cidr))
        .map(({ ipBlock }) => ({ service, except: ipBlock?.except })),
    );
    expect(leaving.map(({ service }) => service)).toEqual(["provider-adapter", "provider-adapter"]);
    expect(leaving[0]?.except).toContain("169.254.0.0/16");
  });

  it("has one Service for callers, whose ports lead to the gateway and the router only", () => {
    const edge = ofKind(golden("default"), "Service").get("edge");
    expect(edge?.spec).toMatchObject({ type: "ClusterIP", selector: { "switchyard.dev/edge": "true" } });
    const atTheEdge = [...ofKind(golden("default"), "Deployment")]
      .filter(([, { spec }]) => spec.template.metadata.labels["switchyard.dev/edge"] === "true")
      .map(([service, { spec }]) => [service, spec.template.spec.containers[0].ports[0].name]);
    expect(atTheEdge).toEqual([
      ["gateway", "http"],
      ["router", "grpc"],
    ]);
  });

  it("can be left to somebody else", () => {
    const { text } = renderChart({ values: [exampleValues("default")], set: ["networkPolicy.enabled=false"] });
    expect(text).not.toContain("kind: NetworkPolicy");
  });
});

it("scales by load, by KEDA, or not at all", () => {
  const render = (...set: string[]) => renderChart({ values: [exampleValues("default")], set }).text;
  expect(render()).not.toMatch(/kind: (HorizontalPodAutoscaler|ScaledObject)/);
  const scaled = "defaults.autoscaling.enabled=true";
  expect(render(scaled).match(/kind: HorizontalPodAutoscaler/g)).toHaveLength(6);
  // Neither may both count: the Deployment says no number of its own then.
  for (const { spec } of ofKind(render(scaled), "Deployment").values()) expect(spec.replicas).toBeUndefined();
  const keda = render(scaled, "keda.enabled=true");
  expect(keda).not.toContain("kind: HorizontalPodAutoscaler");
  expect(keda.match(/kind: ScaledObject/g)).toHaveLength(6);
});

it("brings monitors, rules and dashboards only to a cluster that knows them", () => {
  const render = (...apiVersions: string[]) => renderChart({ values: [exampleValues("default")], apiVersions }).text;
  expect(render()).not.toMatch(/kind: (ServiceMonitor|PrometheusRule)|grafana_dashboard/);
  const monitored = render(
    "monitoring.coreos.com/v1",
    ...["ServiceMonitor", "PrometheusRule"].map((kind) => `monitoring.coreos.com/v1/${kind}`),
  );
  expect(monitored).toContain("kind: ServiceMonitor");
  expect(monitored).toContain("kind: PrometheusRule");
  expect(monitored).toContain('grafana_dashboard: "1"');
});
