import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { createPrinter } from "./printer.ts";

describe("the printer", () => {
  it("writes no faster than it is read", async () => {
    const written: string[] = [];
    const waiting: (() => void)[] = [];
    const slow = new Writable({
      highWaterMark: 1,
      write(chunk, _encoding, done) {
        written.push(String(chunk));
        waiting.push(done);
      },
    });
    using printer = createPrinter(slow);
    let isDone = false;
    const printed = printer.print("one").then((isRead) => {
      isDone = isRead;
    });
    await new Promise(setImmediate);
    expect([written, isDone]).toEqual([["one"], false]);
    waiting.shift()?.();
    await printed;
    expect(isDone).toBe(true);
  });

  it.each([
    ["says that nobody reads any more when the pipe is closed", "EPIPE", false],
    ["throws what else goes wrong", "ENOSPC", "throws"],
  ])("%s", async (_name, code, outcome) => {
    const broken = new Writable({
      highWaterMark: 1,
      write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })),
    });
    using printer = createPrinter(broken);
    const printed = await printer.print("one").catch(() => "throws");
    expect(printed).toBe(outcome);
  });
});
