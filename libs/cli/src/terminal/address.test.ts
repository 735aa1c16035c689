import { expect, it } from "vitest";
import { isAddress } from "./address.ts";

it.each(["127.0.0.1:50051", "[::1]:1", "router.example:65535"])("%j is an address", (text) => {
  expect(isAddress(text)).toBe(true);
});

it.each(["", "host", "host:", ":1", "host:0", "host:65536", "http://host:1", "::1:1", "a b:1", "host:1/x"])(
  "%j is none",
  (text) => {
    expect(isAddress(text)).toBe(false);
  },
);
