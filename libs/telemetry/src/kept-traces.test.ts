import { expect, it } from "vitest";
import { keepTraces } from "./kept-traces.ts";

type Ended = Parameters<ReturnType<typeof keepTraces>["processor"]["onEnd"]>[0];

const span = (traceId: string, spanId: string, parent: string, startMs: number, durationMs: number) =>
  ({
    name: spanId,
    spanContext: () => ({ traceId, spanId, traceFlags: 1 }),
    parentSpanContext: parent ? { traceId, spanId: parent, traceFlags: 1 } : undefined,
    startTime: [1, startMs * 1e6],
    duration: [0, durationMs * 1e6],
    attributes: { "switchyard.model": "small" },
    status: { code: 0 },
  }) as unknown as Ended;

it("keeps the last traces whole, the newest first, and finds one by the beginning of its id", () => {
  const { processor, list, find } = keepTraces(2);
  for (const traceId of ["aaa1", "bbb2", "ccc3"]) {
    processor.onEnd(span(traceId, "child", "root", 20, 5));
    processor.onEnd(span(traceId, "root", "", 10, 40));
  }
  expect(list()).toEqual(
    ["ccc3", "bbb2"].map((traceId) => ({
      traceId,
      name: "root",
      startUs: 1_010_000,
      durationUs: 40_000,
      spanCount: 2,
    })),
  );
  expect(find("bb")?.spans.map(({ spanId, parentSpanId }) => [spanId, parentSpanId])).toEqual([
    ["root", ""],
    ["child", "root"],
  ]);
  expect(find("aaa1")).toBeUndefined();
});
