import { EventEmitter } from "node:events";
import { createLogger } from "@switchyard/telemetry";
import { describe, expect, it } from "vitest";
import { untilStopped } from "./run-service.ts";

describe("a process that serves", () => {
  it("drains where it is asked to end at the moment it says that it serves", async () => {
    const process = new EventEmitter() as unknown as NodeJS.Process;
    const said: string[] = [];
    const logger = createLogger("test", "silent");
    logger.info = (...parts: unknown[]) => {
      said.push(String(parts.at(-1)));
      if (parts.at(-1) === "serving") process.emit("SIGTERM", "SIGTERM");
    };
    let isClosed = false;
    await untilStopped(process, logger, async (opened) => {
      opened.defer(() => {
        isClosed = true;
      });
      return { address: "127.0.0.1:1" };
    });
    expect(said).toEqual(["serving", "draining"]);
    expect(isClosed).toBe(true);
  });
});
