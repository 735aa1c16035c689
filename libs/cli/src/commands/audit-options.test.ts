import { describe, expect, it } from "vitest";
import { UsageError } from "../command.ts";
import { readOptions } from "./audit-options.ts";

describe("the audit's command line", () => {
  it("needs nothing but a log", () => {
    expect(readOptions(["requests.jsonl"], {})).toEqual({
      log: "requests.jsonl",
      address: undefined,
      key: undefined,
      wantsPrivate: false,
      stakesOf: new Map(),
      prices: [],
      sampleSize: 100,
      seed: 1,
      format: undefined,
      hasExcerpts: true,
      json: false,
    });
  });

  it("reads what is piped in where the log is a dash", () => {
    expect(readOptions(["-", "--format", "csv"], {})).toMatchObject({ log: "-", format: "csv" });
  });

  it("takes stakes by feature and prices by model", () => {
    const options = readOptions(
      [
        "log.csv",
        "--high-stakes",
        "contracts, payments",
        "--low-stakes=tags",
        "--price",
        "o9=2.5,10,1.25",
        "--price=x=1,2",
      ],
      {},
    );
    expect([...options.stakesOf]).toEqual([
      ["contracts", "high"],
      ["payments", "high"],
      ["tags", "low"],
    ]);
    expect(options.prices).toEqual([
      { id: "o9", isChat: true, prices: { fresh: 2_500, output: 10_000, cached: 1_250 } },
      { id: "x", isChat: true, prices: { fresh: 1_000, output: 2_000, cached: 1_000 } },
    ]);
  });

  it("takes the router's key from the environment, and never the one of a provider", () => {
    expect(readOptions(["log"], { SWITCHYARD_ROUTER_KEY: "k" }).key).toBe("k");
    expect(readOptions(["log"], { SWITCHYARD_ROUTER_KEY: "" }).key).toBeUndefined();
    expect(readOptions(["log"], { SWITCHYARD_API_KEY: "of a provider" }).key).toBeUndefined();
    expect(readOptions(["log", "--key", "mine"], { SWITCHYARD_ROUTER_KEY: "k" }).key).toBe("mine");
  });

  it.each([
    [[], "which log"],
    [["a", "b"], '"b"'],
    [["a", "--colour"], "--colour"],
    [["a", "--address", "http://host"], "--address"],
    [["a", "--address", "host:1", "--private"], "--private"],
    [["a", "--format", "xml"], "--format"],
    [["a", "--sample", "9"], "--sample"],
    [["a", "--sample", ""], "--sample"],
    [["a", "--seed", "1.5"], "--seed"],
    [["a", "--price", "gpt-5"], "--price"],
    [["a", "--price", "gpt-5=1"], "--price"],
    [["a", "--price", "gpt-5=1,-2"], "--price"],
    [["a", "--price", "gpt-5=1,2,3,4"], "--price"],
    [["a", "--high-stakes", "x", "--low-stakes", "x"], '"x"'],
  ])("refuses %j and names what is wrong", (parameters, named) => {
    expect(() => readOptions(parameters, {})).toThrow(UsageError);
    expect(() => readOptions(parameters, {})).toThrow(named);
  });
});
