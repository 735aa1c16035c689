import { expect, it } from "vitest";
import { cascaded, checkedRows, fitChecker } from "./cascade.ts";
import { chooseThreshold, operate } from "./measures.ts";
import type { RoutingRow } from "./routing-data.ts";

const pair = { strong: "gpt-4-1106-preview", cheap: "mixtral-8x7b-instruct" };

/** The cheap answer is wrong where it is long. */
const rows: readonly RoutingRow[] = Array.from({ length: 200 }, (_, index) => ({
  id: `made/${index}`,
  source: "made",
  prompt: "",
  tok_in: 100,
  models: {
    [pair.strong]: { score: 1, tok_out: 100 },
    [pair.cheap]: { score: index % 4 === 0 ? 0 : 1, tok_out: index % 4 === 0 ? 400 : 50 },
  },
}));

it("learns to doubt by the length of the cheap answer, and pays for both where it doubts", () => {
  const checked = checkedRows(rows, pair, () => 0.7);
  const scored = cascaded(checked, pair, fitChecker(checked, pair));
  const { quality, strongShare, saved } = operate(scored, chooseThreshold(scored, 1));
  expect(quality).toBe(1);
  expect(strongShare).toBe(0.25);
  expect(saved).toBeGreaterThan(0.7);
  expect(saved).toBeLessThan(0.75);
});

it("has nothing to check where the length of answers is not known", () => {
  const silent = rows.map((row) => ({ ...row, models: { [pair.strong]: { score: 1 }, [pair.cheap]: { score: 0 } } }));
  expect(checkedRows(silent, pair, () => 0.7)).toEqual([]);
});
