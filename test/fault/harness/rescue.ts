import type { Behaviour } from "../provider/exchange.ts";
import type { Bench } from "./bench.ts";
import { expectContinued, expectNotCached, expectTries } from "./expectations.ts";
import { streamedWays } from "./heard.ts";
import { eachWay } from "./row.ts";

/** How a stream breaks after tokens went out. */
export interface Breaking {
  readonly behaviour: Behaviour;
  readonly tokens: number;
  /** What the platform calls it. */
  readonly reason: string;
}

/** A stream that breaks is gone on with: by a model that is told to continue, and by one that takes a prefill. */
export function eachRescue(bench: () => Bench, title: string, { behaviour, tokens, reason }: Breaking): void {
  eachWay(streamedWays, `${title} is gone on with by a model that is told to continue`, async (way) => {
    const cast = bench().cast({ primary: behaviour });
    const told = await bench().ask(way, cast);
    expectContinued(told, cast, { tokens, method: "prompt" });
    await expectTries(bench(), cast, told, [
      [cast.primary, reason],
      [cast.secondary, "ok"],
    ]);
    await expectNotCached(bench(), cast, told);
  });

  eachWay(streamedWays, `${title} is gone on with by a model that takes the beginning for its own`, async (way) => {
    const cast = bench().cast({ opener: behaviour });
    const told = await bench().ask(way, cast, { role: "opener" });
    expectContinued(told, cast, { from: "opener", by: "prefiller", tokens, method: "prefill" });
    await expectTries(bench(), cast, told, [
      [cast.opener, reason],
      [cast.prefiller, "ok"],
    ]);
    await expectNotCached(bench(), cast, told, "opener");
  });
}
