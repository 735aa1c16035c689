import { describe, expect } from "vitest";
import { expectNotCached, expectTries, expectWhole } from "../harness/expectations.ts";
import { ways } from "../harness/heard.ts";
import { eachWay, row } from "../harness/row.ts";

row("a provider out of reach", (bench) => {
  describe.concurrent.each([
    ["refuses connections", "refused"],
    ["has a name that nobody knows", "unresolved"],
  ] as const)("that %s", (_, role) => {
    eachWay(ways, "leaves the answer to the next model", async (way) => {
      const cast = bench().cast();
      const told = await bench().ask(way, cast, { role });
      expectWhole(told, cast.secondary);
      await expectTries(bench(), cast, told, [
        [cast[role], "UPSTREAM_CONNECTION"],
        [cast[role], "UPSTREAM_CONNECTION"],
        [cast.secondary, "ok"],
      ]);
      expect(bench().served(cast)).toHaveLength(1);
      await expectNotCached(bench(), cast, told, role);
    });
  });
});
