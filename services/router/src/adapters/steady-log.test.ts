import { beforeEach, describe, expect, it } from "vitest";
import { type FakeClock, fakeClock } from "../testing/fixtures.ts";
import { type RecordedLine, recordingLogger } from "../testing/recording-logger.ts";
import { type SteadyLog, steadyLog } from "./steady-log.ts";

describe("a steady log", () => {
  let clock: FakeClock;
  let lines: readonly RecordedLine[];
  let log: SteadyLog;

  beforeEach(() => {
    const recording = recordingLogger();
    clock = fakeClock();
    lines = recording.lines;
    log = steadyLog(recording.logger, clock.now, 1_000);
  });

  it("says an event at once", () => {
    log.event("a b", { from: "a" }, "fallback engaged");
    expect(lines).toEqual([{ level: "warn", message: "fallback engaged", fields: { from: "a", times: 1 } }]);
  });

  it("says its repetitions in one line when it is time, and how many there were", () => {
    for (let time = 0; time < 100; time++) {
      log.event("a b", {}, "fallback engaged");
      clock.advance(15);
    }
    expect(lines.map(({ fields }) => fields.times)).toEqual([1, 67]);
    clock.advance(60_000);
    log.event("a b", {}, "fallback engaged");
    expect(lines.map(({ fields }) => fields.times)).toEqual([1, 67, 33]);
  });

  it("tells events apart by their key", () => {
    log.event("a b", {}, "fallback engaged");
    log.event("a c", {}, "fallback engaged");
    expect(lines).toHaveLength(2);
  });
});
