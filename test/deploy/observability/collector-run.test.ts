import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { startOtlpReceiver } from "@switchyard/test-e2e/network/otlp-receiver";
import { expect, it, vi } from "vitest";
import { repository, toolPath } from "../tools/tools.ts";

interface Request {
  readonly id: string;
  readonly durationMs: number;
  readonly failed?: boolean;
  readonly costUsdNanos?: number;
}

const idOf = (name: string, digits: number) => createHash("sha256").update(name).digest("hex").slice(0, digits);
const cheap = Array.from(
  { length: 40 },
  (_, index): Request => ({ id: `cheap ${index}`, durationMs: 20, costUsdNanos: 5_000 }),
);
const worthALook: readonly Request[] = [
  { id: "failed", durationMs: 20, failed: true },
  { id: "slow", durationMs: 12_000 },
  { id: "expensive", durationMs: 20, costUsdNanos: 25_000_000 },
];

/** One trace of one span, as OTLP writes it in JSON. */
function spanOf({ id, durationMs, failed = false, costUsdNanos = 0 }: Request): object {
  const beganMs = Date.now() - durationMs;
  return {
    traceId: idOf(id, 32),
    spanId: idOf(id, 16),
    name: "complete",
    kind: 1,
    startTimeUnixNano: `${beganMs}000000`,
    endTimeUnixNano: `${beganMs + durationMs}000000`,
    attributes: [
      { key: "switchyard.cost_usd_nanos", value: { intValue: String(costUsdNanos) } },
      { key: "switchyard.tier", value: { stringValue: "economy" } },
    ],
    status: failed ? { code: 2 } : {},
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it("keeps what failed, was slow or expensive, a few of the others, and counts them all", {
  timeout: 120_000,
}, async () => {
  const backend = await startOtlpReceiver();
  const [http, grpc, metrics, health] = [await freePort(), await freePort(), await freePort(), await freePort()];
  // Another place and less patience; all else is the configuration that ships.
  const changes = [
    `receivers::otlp::protocols::http::endpoint: 127.0.0.1:${http}`,
    `receivers::otlp::protocols::grpc::endpoint: 127.0.0.1:${grpc}`,
    `exporters::prometheus::endpoint: 127.0.0.1:${metrics}`,
    `extensions::health_check::endpoint: 127.0.0.1:${health}`,
    "processors::tail_sampling::decision_wait: 1s",
    "connectors::spanmetrics::metrics_flush_interval: 1s",
    `exporters::otlphttp: { endpoint: "${backend.url}", encoding: json, compression: none }`,
    "service::pipelines::traces/kept::exporters: [otlphttp]",
    "service::telemetry::metrics::level: none",
  ];
  const config = join(repository, "deploy/observability/collector/config.yaml");
  const child = spawn(toolPath("collector"), [
    `--config=file:${config}`,
    ...changes.map((change) => `--config=yaml:${change}`),
  ]);
  const log: string[] = [];
  child.stderr.on("data", (data) => log.push(String(data)));
  const exited = new Promise((resolve) => child.once("exit", resolve));
  try {
    const spans = [...cheap, ...worthALook].map(spanOf);
    const resource = { attributes: [{ key: "service.name", value: { stringValue: "switchyard-router" } }] };
    const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] });
    const send = () =>
      fetch(`http://127.0.0.1:${http}/v1/traces`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
    const sent = await vi.waitFor(send, { timeout: 30_000 }).catch(() => undefined);
    expect(sent?.status, log.join("")).toBe(200);

    const keptIds = () => backend.spans().map(({ traceId }) => traceId);
    await expect.poll(keptIds).toEqual(expect.arrayContaining(worthALook.map(({ id }) => idOf(id, 32))));
    expect(keptIds().length).toBeLessThan(worthALook.length + cheap.length / 2);

    // The one that failed is counted apart.
    const scrape = async () => (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
    await expect.poll(scrape).toMatch(/^switchyard_span_calls_total\{[^}]*switchyard_tier="economy"[^}]*\} 42/m);
  } finally {
    child.kill("SIGTERM");
    await exited;
    await backend.close();
  }
});
