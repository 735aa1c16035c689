import { shapes } from "@switchyard/test-e2e/network";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bench, startBench } from "./bench.ts";
import { expectAccounts } from "./billing.ts";
import { type Way, ways } from "./heard.ts";

/**
 * One row of the matrix, in both shapes of the platform. `register` gets the bench as a function: it stands once the tests
 * run. `change` is what the row changes in the configuration.
 */
export function row(
  title: string,
  register: (bench: () => Bench) => void,
  change: (config: object) => object = (config) => config,
): void {
  describe.each(shapes)(`${title} (%s)`, (shape) => {
    let bench: Bench | undefined;
    beforeAll(async () => {
      bench = await startBench(shape, change);
      // A first call pays for what later ones find warm; the rows' limits are for warm ones.
      for (const way of ways) await bench.ask(way, bench.cast());
    });
    afterAll(() => bench?.stop());
    register(() => {
      if (!bench) throw new Error("the bench stands once the tests run");
      return bench;
    });
    it("has in its ledger what the provider served, and nothing else", async () => {
      expect(bench?.servedInAll()).not.toEqual([]);
      if (bench) await expectAccounts(bench);
    });
  });
}

/** One test for each way of asking, side by side. */
export function eachWay(of: readonly Way[], title: string, run: (way: Way) => Promise<void>): void {
  it.concurrent.each(of)(`${title} ($protocol, streamed: $isStreamed)`, run);
}
