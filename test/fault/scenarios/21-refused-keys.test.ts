import { expect, it } from "vitest";
import { expectTries, expectWhole } from "../harness/expectations.ts";
import { withAllKeys } from "../harness/fault-config.ts";
import { ways } from "../harness/heard.ts";
import { eachWay, row } from "../harness/row.ts";
import { byKey, rateLimited, refusesKeys } from "../provider/refusals.ts";

row(
  "keys that a provider refuses",
  (bench) => {
    it("are set aside after one try, and no caller notices", async () => {
      const cast = bench().cast({ primary: refusesKeys({ 0: 401, 1: 402, 2: 403 }) });
      for (let round = 0; round < 3; round++) {
        for (const way of ways) {
          const question = `${cast.question} ${round} ${way.protocol} ${way.isStreamed}`;
          const told = await bench().ask(way, cast, { question });
          expectWhole(told, cast.primary);
          await expectTries(bench(), cast, told, [[cast.primary, "ok"]]);
        }
      }
      const refused = bench()
        .served(cast)
        .filter(({ status }) => status !== 200);
      expect(refused.map(({ keyIndex, status }) => [keyIndex, status]).sort()).toEqual([
        [0, 401],
        [1, 402],
        [2, 403],
      ]);
    });

    eachWay(ways, "all of them leave the answer to the next model, without another try", async (way) => {
      const cast = bench().cast({ primary: refusesKeys({ 0: 401, 1: 402, 2: 403, 3: 401 }) });
      const told = await bench().ask(way, cast);
      expectWhole(told, cast.secondary);
      await expectTries(bench(), cast, told, [
        [cast.primary, "UPSTREAM_AUTHENTICATION"],
        [cast.secondary, "ok"],
      ]);
    });
  },
  withAllKeys,
);

row(
  "a key that is limited while others are not",
  (bench) => {
    eachWay(ways, "is passed over within the attempt, and no caller notices", async (way) => {
      const cast = bench().cast({ primary: byKey({ 0: rateLimited("1"), 1: rateLimited() }) });
      for (let number = 0; number < 4; number++) {
        const told = await bench().ask(way, cast, { question: `${cast.question} ${number}` });
        expectWhole(told, cast.primary);
        await expectTries(bench(), cast, told, [[cast.primary, "ok"]]);
      }
      const answered = bench()
        .served(cast)
        .filter(({ status }) => status === 200);
      expect(answered).toHaveLength(4);
      expect(answered.filter(({ keyIndex }) => keyIndex < 2)).toEqual([]);
    });

    it("was tried", () => {
      const limited = bench()
        .servedInAll()
        .filter(({ status }) => status === 429);
      expect(new Set(limited.map(({ keyIndex }) => keyIndex))).toEqual(new Set([0, 1]));
    });
  },
  withAllKeys,
);

row(
  "limits of all keys",
  (bench) => {
    eachWay(ways, "leave the answer to the next model once they have been asked", async (way) => {
      const cast = bench().cast({ primary: rateLimited("3600") });
      const told = await bench().ask(way, cast);
      expectWhole(told, cast.secondary);
      await expectTries(bench(), cast, told, [
        [cast.primary, "UPSTREAM_RATE_LIMITED"],
        [cast.secondary, "ok"],
      ]);
    });
  },
  withAllKeys,
);
