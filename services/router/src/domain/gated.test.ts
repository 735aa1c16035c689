import { describe, expect, it } from "vitest";
import { incoming } from "../testing/fixtures.ts";
import type { Answer } from "./answer.ts";
import { createGate } from "./gate.ts";
import { gated } from "./gated.ts";

const endless: Answer = {
  delivery: {
    kind: "stream",
    pieces: (async function* () {
      while (true) yield { id: "" } as never;
    })(),
  },
  routing: () => undefined as never,
};

describe("a gate of one place", () => {
  it("refuses the second request at once, and takes the next when the first has ended", async () => {
    const first = Promise.withResolvers<Answer>();
    const answers = [first.promise, Promise.resolve(endless)];
    const complete = gated(createGate(1), () => answers.shift() as Promise<Answer>);
    const running = complete(incoming());
    await expect(complete(incoming())).rejects.toMatchObject({ reason: "OVERLOADED" });
    first.reject(new Error("failed"));
    await expect(running).rejects.toThrow("failed");
    await expect(complete(incoming())).resolves.toBeDefined();
  });

  it("holds the place of a stream until its end", async () => {
    const complete = gated(createGate(1), async () => endless);
    const { delivery } = await complete(incoming());
    await expect(complete(incoming())).rejects.toMatchObject({ reason: "OVERLOADED" });
    if (delivery.kind === "stream") for await (const _chunk of delivery.pieces) break;
    await expect(complete(incoming())).resolves.toBeDefined();
  });

  it("gives the place of a stream that nobody reads back when its caller's time is over", async () => {
    const caller = new AbortController();
    const complete = gated(createGate(1), async () => endless);
    await complete(incoming({ signal: caller.signal }));
    caller.abort();
    await expect(complete(incoming())).resolves.toBeDefined();
  });
});
