import { expect } from "vitest";
import { expectWhole } from "../harness/expectations.ts";
import { ways } from "../harness/heard.ts";
import { eachWay, row } from "../harness/row.ts";
import { until } from "../harness/until.ts";
import { refuses } from "../provider/refusals.ts";
import { whileTrue } from "../provider/scripts.ts";

row("an outage of the first model over twenty requests", (bench) => {
  eachWay(ways, "is seen by no caller, and the model is used again after it", async (way) => {
    let isDown = true;
    const cast = bench().cast({ primary: whileTrue(() => isDown, refuses(503)) });
    const ask = (number: number) => bench().ask(way, cast, { question: `${cast.question} ${number}` });
    for (let number = 0; number < 20; number++) expectWhole(await ask(number), cast.secondary);
    expect(bench().served(cast, "secondary")).toHaveLength(20);
    isDown = false;
    let number = 20;
    const recovered = await until(
      () => ask(number++),
      ({ report }) => report?.model === cast.primary,
    );
    expectWhole(recovered, cast.primary);
  });
});
