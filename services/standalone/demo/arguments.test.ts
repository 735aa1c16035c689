import { describe, expect, it } from "vitest";
import { readArguments } from "./arguments.ts";

describe("the demo's command line", () => {
  it("means a private platform and 300 requests where it is empty", () => {
    expect(readArguments([])).toEqual({ url: undefined, key: undefined, requests: 300, json: false, help: false });
  });

  it("takes a platform's address with or without /v1", () => {
    for (const url of ["http://127.0.0.1:8080", "http://127.0.0.1:8080/", "http://127.0.0.1:8080/v1"]) {
      expect(readArguments(["--url", url]).url).toBe("http://127.0.0.1:8080");
    }
  });

  it.each([
    [["--requests", "0"], "--requests"],
    [["--requests", "many"], "--requests"],
    [["--url", "127.0.0.1:8080"], "--url"],
    [["--key", "k"], "--url"],
    [["--colour"], "--colour"],
  ])("refuses %j and says what is wrong", (args, named) => {
    expect(() => readArguments(args)).toThrow(named);
  });
});
