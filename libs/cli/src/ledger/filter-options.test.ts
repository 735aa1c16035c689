import { describe, expect, it } from "vitest";
import { UsageError } from "../command.ts";
import { filterOf, targetOf } from "./filter-options.ts";

describe("the options of a ledger", () => {
  it.each([
    ["7d", { lastDays: 7, sinceDate: "" }],
    ["4w", { lastDays: 28, sinceDate: "" }],
    ["2026-11-01", { lastDays: 0, sinceDate: "2026-11-01" }],
  ])("take %s for when to begin", (since, filter) => {
    expect(filterOf({ since })).toMatchObject(filter);
  });

  it("tell a name that is empty from one that was not given", () => {
    expect(filterOf({ user: "" })).toMatchObject({ user: "" });
    expect(filterOf({}).user).toBeUndefined();
  });

  it.each([
    [{ since: "yesterday" }, "--since"],
    [{ since: "0d" }, "--since"],
    [{ since: "2026-02-30" }, "--since"],
    [{ since: "99999w" }, "--since"],
    [{ until: "7d" }, "--until"],
    [{ since: "2026-11-02", until: "2026-11-01" }, "--until"],
  ])("refuse %j and name what is wrong", (values, named) => {
    expect(() => filterOf(values)).toThrow(UsageError);
    expect(() => filterOf(values)).toThrow(named);
  });

  it("find the ledger of this machine, or where they are told", () => {
    expect(targetOf({}, {})).toEqual({ address: "127.0.0.1:50054", key: undefined });
    expect(targetOf({ address: "budget:50054" }, {}).address).toBe("budget:50054");
    expect(() => targetOf({ address: "http://budget" }, {})).toThrow("--address");
    expect(() => targetOf({ address: "budget:99999" }, {})).toThrow("--address");
  });

  it("takes the key from the command line, or else the router's from the environment", () => {
    expect(targetOf({}, { SWITCHYARD_ROUTER_KEY: "k" }).key).toBe("k");
    expect(targetOf({ key: "mine" }, { SWITCHYARD_ROUTER_KEY: "k" }).key).toBe("mine");
    expect(targetOf({}, { SWITCHYARD_ROUTER_KEY: "", SWITCHYARD_API_KEY: "of a provider" }).key).toBeUndefined();
  });
});
