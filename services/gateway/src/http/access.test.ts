import { Status } from "@switchyard/rpc";
import { describe, expect, it } from "vitest";
import { isLoopback, isLoopbackHost, refuseStrangers } from "./access.ts";

const host = "localhost:8080";
const refusal = (message: string) =>
  expect.objectContaining({ code: Status.PERMISSION_DENIED, message: expect.stringContaining(message) });

describe("who is served without keys", () => {
  it.each(["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "::FFFF:127.0.0.1"])(
    "%s is this machine",
    (remoteAddress) => {
      expect(isLoopback(remoteAddress)).toBe(true);
      expect(() => refuseStrangers({ remoteAddress, host }, false)).not.toThrow();
    },
  );

  it.each(["10.0.0.7", "::ffff:10.0.0.7", "fe80::1", "1270.0.0.1", "127.example.com", "", undefined])(
    "%s is a stranger",
    (remoteAddress) => {
      expect(isLoopback(remoteAddress)).toBe(false);
      expect(() => refuseStrangers({ remoteAddress, host }, false)).toThrow(refusal("apiKeys"));
      expect(() => refuseStrangers({ remoteAddress, host }, true)).not.toThrow();
    },
  );

  it.each([
    "localhost",
    "localhost:8080",
    "LocalHost:8080",
    "127.0.0.1",
    "127.0.0.1:8080",
    "127.1.2.3:80",
    "[::1]",
    "[::1]:80",
  ])("whoever asks for %s knows this machine as its own", (name) => {
    expect(isLoopbackHost(name)).toBe(true);
    expect(() => refuseStrangers({ remoteAddress: "127.0.0.1", host: name }, false)).not.toThrow();
  });

  it.each([
    "evil.example",
    "evil.example:8080",
    "localhost.evil.example:8080",
    "127.0.0.1.evil.example",
    "127.evil:80",
    "localhost:evil",
    "localhost@evil.example",
    "0.0.0.0:8080",
    "10.0.0.7:8080",
    "::1",
    "[::1",
    "[fe80::1]",
    "",
    undefined,
  ])("a page that made the browser ask for %s is a stranger", (name) => {
    expect(isLoopbackHost(name)).toBe(false);
    expect(() => refuseStrangers({ remoteAddress: "127.0.0.1", host: name }, false)).toThrow(refusal("Host"));
    expect(() => refuseStrangers({ remoteAddress: "127.0.0.1", host: name }, true)).not.toThrow();
  });
});
