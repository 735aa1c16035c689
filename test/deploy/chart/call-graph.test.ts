import { startNetwork, type TestNetwork } from "@switchyard/test-e2e/network";
import { keys } from "@switchyard/test-e2e/network/config";
import { afterAll, beforeAll, expect, it } from "vitest";
import { edgesIn } from "./network-edges.ts";
import { golden } from "./render-chart.ts";

let network: TestNetwork;
beforeAll(async () => {
  network = await startNetwork({ shape: "networked" });
});
afterAll(() => network?.stop());

/** Who called whom, as the spans of all traces tell: a span whose parent belongs to another service. */
function tracedEdges(): string[] {
  const spans = network.otlp.spans();
  const serviceOf = new Map(spans.map(({ spanId, service }) => [spanId, service]));
  const edges = spans.flatMap(({ parentSpanId, service }) => {
    const caller = serviceOf.get(parentSpanId);
    if (caller === undefined || caller === service) return [];
    return [`${caller} > ${service}`.replaceAll("switchyard-", "")];
  });
  return [...new Set(edges)].sort();
}

it("NetworkPolicies let through the calls that traces of answers, streams and vectors show, and no others", async () => {
  const headers = { authorization: `Bearer ${keys.acme}`, "content-type": "application/json" };
  const post = async (path: string, body: object) => {
    const response = await fetch(`${network.httpUrl}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    expect(response.status, await response.text()).toBe(200);
  };
  const messages = [{ role: "user", content: "Translate into French: good morning." }];
  await post("/v1/chat/completions", { model: "auto", messages });
  await post("/v1/chat/completions", { model: "auto", stream: true, messages: [{ role: "user", content: "Go on." }] });
  await post("/v1/embeddings", { model: "text-embedding-3-small", input: "vector" });
  await expect.poll(tracedEdges).toEqual(edgesIn(golden("default"), "egress"));
});
