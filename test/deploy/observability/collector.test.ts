import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "@switchyard/config";
import { attribute } from "@switchyard/telemetry";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { repository } from "../tools/tools.ts";

interface Component {
  readonly decision_wait?: string;
  readonly policies?: readonly { readonly type: string; readonly numeric_attribute?: { readonly key: string } }[];
  readonly dimensions?: readonly { readonly name: string }[];
}
interface Collector {
  readonly receivers: Record<string, Component | null>;
  readonly processors: Record<string, Component>;
  readonly connectors: Record<string, Component>;
  readonly exporters: Record<string, Component>;
  readonly service: {
    readonly pipelines: Record<
      string,
      { readonly receivers: string[]; readonly processors?: string[]; readonly exporters: string[] }
    >;
  };
}
const collector = parse(
  readFileSync(join(repository, "deploy/observability/collector/config.yaml"), "utf8"),
) as Collector;

it("the collector's pipelines lead through components that are configured, and every one of those is used", () => {
  const { receivers, processors, connectors, exporters, service } = collector;
  const used = Object.values(service.pipelines).flatMap((pipeline) => [
    ...pipeline.receivers,
    ...(pipeline.processors ?? []),
    ...pipeline.exporters,
  ]);
  expect(new Set(used)).toEqual(new Set(Object.keys({ ...receivers, ...processors, ...connectors, ...exporters })));
});

it("the collector waits for a trace as long as an answer may take, and keeps the failed, the slow and the expensive", () => {
  const sampling = collector.processors.tail_sampling;
  expect(Number.parseInt(sampling?.decision_wait ?? "", 10) * 1000).toBeGreaterThan(
    loadConfig({}).router.defaultDeadlineMs,
  );
  expect(sampling?.policies?.map(({ type }) => type)).toEqual([
    "status_code",
    "latency",
    "numeric_attribute",
    "probabilistic",
  ]);
});

it("the collector looks at attributes that the platform sets", () => {
  const looked = [
    ...(collector.processors.tail_sampling?.policies ?? []).flatMap(
      ({ numeric_attribute }) => numeric_attribute?.key ?? [],
    ),
    ...(collector.connectors.spanmetrics?.dimensions ?? []).map(({ name }) => name),
  ];
  const known: readonly string[] = Object.values(attribute);
  expect(looked.length).toBeGreaterThan(3);
  for (const name of looked) expect(known).toContain(name);
});
