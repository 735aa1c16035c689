import { expect, it } from "vitest";
import { expectTries, expectWhole } from "../harness/expectations.ts";
import { ways } from "../harness/heard.ts";
import { eachWay, row } from "../harness/row.ts";

const requests = 40;

/** Three requests with the first key for each with the second. */
function withWeights(config: object): object {
  const { providers } = config as { providers: Record<string, object> };
  const keys = [{ env: "FAULT_KEY_0", weight: 3 }, { env: "FAULT_KEY_1" }];
  return { ...config, providers: { ...providers, fault: { ...providers.fault, keys } } };
}

row(
  "keys of unequal weight",
  (bench) => {
    eachWay(ways, "answer every request", async (way) => {
      const cast = bench().cast();
      for (let number = 0; number < requests; number++) {
        const told = await bench().ask(way, cast, { question: `${cast.question} ${number}` });
        expectWhole(told, cast.primary);
        if (number === 0) await expectTries(bench(), cast, told, [[cast.primary, "ok"]]);
      }
    });

    it("share them by it", () => {
      const served = bench().servedInAll();
      const share = served.filter(({ keyIndex }) => keyIndex === 0).length / served.length;
      // Where requests come side by side the less busy key gets a little more.
      expect(share).toBeGreaterThan(0.65);
      expect(share).toBeLessThan(0.85);
    });
  },
  withWeights,
);
