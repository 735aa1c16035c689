import { expect, it } from "vitest";
import { referencesOf } from "./query.ts";

it("finds series, the labels they are selected by, and those that results are grouped by", () => {
  const { series, grouped } = referencesOf(
    'topk(10, sum by (tenant, le) (rate(a_total{x="y}", z=~"q|r"}[5m]))) / on (pod) 2 * a:b:c offset 1d or label_replace(d, "to", "1", "", "")',
  );
  expect(Object.fromEntries([...series].map(([name, labels]) => [name, [...labels]]))).toEqual({
    a_total: ["x", "z"],
    "a:b:c": [],
    d: [],
  });
  expect([...grouped]).toEqual(["tenant", "le", "pod"]);
});
