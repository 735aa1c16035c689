import { expect, it } from "vitest";
import { expectWhole } from "../harness/expectations.ts";
import { router } from "../harness/fault-config.ts";
import { ways } from "../harness/heard.ts";
import { row } from "../harness/row.ts";
import { counterOf } from "../harness/telemetry.ts";
import { refuses } from "../provider/refusals.ts";

const floor = 10;
const share = 0.05;
const requestsPerWay = 50;

/** Without a breaker, which would end the retries before their budget does. */
const budgeted = router({
  retry: { backoffMs: 1, maxBackoffMs: 1, budget: { share, floor, windowMs: 120_000 } },
  breaker: { minAttempts: 100_000 },
});

row(
  "a provider that fails every request",
  (bench) => {
    it("is asked again no more often than the budget allows, and every caller has its answer", async () => {
      const cast = bench().cast({ primary: refuses(503) });
      const askAll = async (way: (typeof ways)[number], index: number) => {
        for (let number = 0; number < requestsPerWay; number++) {
          const told = await bench().ask(way, cast, { question: `${cast.question} ${index} ${number}` });
          expectWhole(told, cast.secondary);
        }
      };
      await Promise.all(ways.map(askAll));
      const requests = requestsPerWay * ways.length;
      const retries = bench().served(cast, "primary").length - requests;
      expect(retries).toBeGreaterThanOrEqual(floor);
      // The first calls of the bench count as traffic, too.
      expect(retries).toBeLessThanOrEqual(floor + share * (requests + ways.length));
      expect(bench().served(cast, "secondary")).toHaveLength(requests);
      expect(await counterOf(bench(), "switchyard_retries_total", { switchyard_provider: "fault" })).toBe(retries);
    });
  },
  budgeted,
);
