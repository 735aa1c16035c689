import { Status } from "@switchyard/rpc";
import { describe, expect, it } from "vitest";
import { isLoopback, refuseStrangers } from "./access.ts";

describe("who is served without keys", () => {
  it.each(["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "::FFFF:127.0.0.1"])(
    "%s is this machine",
    (address) => {
      expect(isLoopback(address)).toBe(true);
      expect(() => refuseStrangers(address, false)).not.toThrow();
    },
  );

  it.each(["10.0.0.7", "::ffff:10.0.0.7", "fe80::1", "1270.0.0.1", "127.example.com", "", undefined])(
    "%s is a stranger",
    (address) => {
      expect(isLoopback(address)).toBe(false);
      expect(() => refuseStrangers(address, false)).toThrow(
        expect.objectContaining({ code: Status.PERMISSION_DENIED, message: expect.stringContaining("apiKeys") }),
      );
      expect(() => refuseStrangers(address, true)).not.toThrow();
    },
  );
});
