import { recordTelemetry } from "@switchyard/telemetry/testing";
import { afterAll, describe, expect, it } from "vitest";
import { AttemptFailure } from "../domain/dispatch/attempt-failure.ts";
import { beginLeg } from "../domain/dispatch/leg.ts";
import { settled } from "../testing/dispatch-bench.ts";
import { fakeClock, incoming, response } from "../testing/fixtures.ts";
import { pieces, type Script, scriptedProvider, silence } from "../testing/scripted-provider.ts";
import { tracedProvider } from "./opentelemetry-provider.ts";

const recorder = recordTelemetry();
const at = { model: "a", provider: "somewhere", rank: 0, weight: 1 };
const down = new AttemptFailure("UPSTREAM_UNAVAILABLE", "503");

describe("the span of an attempt", () => {
  afterAll(() => recorder.stop());

  /** What the span says after an attempt of at most 100 ms. */
  const spanOf = async (script: Script, isStreamed: boolean, caller = new AbortController().signal) => {
    const clock = fakeClock();
    const provider = tracedProvider(scriptedProvider(() => script, clock));
    const leg = beginLeg({ signal: caller, deadline: 10_000 }, 100, clock, () => undefined);
    const { chat } = incoming();
    const ask = async () => {
      if (!isStreamed) return void (await provider.complete(at, chat, leg));
      for await (const _ of provider.stream(at, chat, leg));
    };
    const asking = ask().catch(() => undefined);
    await settled();
    clock.advance(100);
    await asking;
    return recorder.spans.at(-1)?.attributes;
  };
  const place = { "switchyard.model": "a", "switchyard.provider": "somewhere" };

  it.each([
    ["a whole answer", false, { a: [[response("fine")]] }],
    ["a stream", true, { a: [pieces(["fine"], {})] }],
  ])("says where it was made for %s", async (_, isStreamed, script) => {
    expect(await spanOf(script, isStreamed)).toEqual(place);
  });

  it.each([false, true])("carries the reason of a failure (streamed: %s)", async (isStreamed) => {
    expect(await spanOf({ a: [[down]] }, isStreamed)).toEqual({ ...place, "error.type": "UPSTREAM_UNAVAILABLE" });
  });

  it.each([false, true])(
    "says that the platform gave up on it, not that it was cancelled (streamed: %s)",
    async (isStreamed) => {
      expect(await spanOf({ a: [[silence]] }, isStreamed)).toEqual({ ...place, "error.type": "UPSTREAM_TIMEOUT" });
    },
  );
});
