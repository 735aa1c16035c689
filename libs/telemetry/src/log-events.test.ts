import { expect, it } from "vitest";
import { emitLogEvent } from "./log-events.ts";
import { startTelemetry } from "./start.ts";

it("an event is not even made where no OTLP endpoint is configured", async () => {
  const made: string[] = [];
  const emit = (name: string) =>
    emitLogEvent(name, () => {
      made.push(name);
      return {};
    });
  emit("before the start");
  const telemetry = startTelemetry("test", {});
  emit("without an endpoint");
  await telemetry.shutdown();
  expect(made).toEqual([]);
});
