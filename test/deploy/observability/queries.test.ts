import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { attribute } from "@switchyard/telemetry";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { repository } from "../tools/tools.ts";
import { exposedAfterTraffic, exposedNames } from "./exposed-metrics.ts";
import type { Exposition } from "./exposition.ts";
import { referencesOf } from "./query.ts";

const folder = join(repository, "deploy/observability");

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
}
const rules = (
  parse(readFileSync(join(folder, "prometheus/rules.yaml"), "utf8")) as { groups: { rules: Rule[] }[] }
).groups.flatMap((group) => group.rules);

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
}
const dashboards = globSync(join(folder, "grafana/*.json")).map((path) => ({
  name: basename(path, ".json"),
  ...(JSON.parse(readFileSync(path, "utf8")) as Dashboard),
}));

const queries = [
  ...rules.map(({ record, alert, expr }) => ({ place: record ?? alert ?? "", expr })),
  ...dashboards.flatMap(({ name, panels }) =>
    panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ place: `${name}: ${title}`, expr }))),
  ),
];

/** Labels that Prometheus or a rule puts on, or that a histogram has by nature. */
const givenLabels = new Set(["le", "instance", "namespace", "pod", "job", "day"]);
const knownLabels = new Set(Object.values(attribute).map((name) => name.replaceAll(".", "_")));
const recorded = new Set(rules.flatMap(({ record }) => record ?? []));

/** What needs a breakdown of the platform itself, or a stream that breaks; the exporter was asked for their names. */
const rare = new Set([
  "switchyard_background_failures_total",
  "switchyard_budget_largest_user_share",
  "switchyard_cache_bad_hits_total",
  "switchyard_cascades_total",
  "switchyard_certificate_reloads_total",
  "switchyard_budget_grace_grants_total",
  "switchyard_budget_grace_reconciled_total",
  "switchyard_budget_refusals_total",
  "switchyard_classifier_fallbacks_total",
  "switchyard_hedges_total",
  "switchyard_stream_continuations_total",
  "switchyard_tokens_wasted_total",
]);

let names: ReadonlySet<string>;
let seen: Exposition;
beforeAll(async () => {
  names = await exposedNames();
  seen = await exposedAfterTraffic();
});

describe("every query of the rules and dashboards", () => {
  it("asks for series that the platform exposes, or that a rule records", () => {
    expect(queries.length).toBeGreaterThan(50);
    const unknown = queries.flatMap(({ place, expr }) =>
      [...referencesOf(expr).series.keys()]
        .filter((name) => !names.has(name) && !recorded.has(name))
        .map((name) => `${place}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  it("selects by labels that the series was seen to have under traffic, and groups by labels that there are", () => {
    const unknown = queries.flatMap(({ place, expr }) => {
      const { series, grouped } = referencesOf(expr);
      const selected = [...series].flatMap(([name, labels]) =>
        [...labels].filter((label) => !(seen.get(name)?.has(label) ?? knownLabels.has(label))),
      );
      const groupedBy = [...grouped].filter((label) => !knownLabels.has(label) && !givenLabels.has(label));
      return [...selected, ...groupedBy].map((label) => `${place}: ${label}`);
    });
    expect(unknown).toEqual([]);
  });

  it("is checked against real traffic: most of what it asks for was seen", () => {
    const asked = new Set(
      queries.flatMap(({ expr }) => [...referencesOf(expr).series.keys()]).filter((name) => !recorded.has(name)),
    );
    expect([...asked].filter((name) => !seen.has(name) && !rare.has(name))).toEqual([]);
  });
});
