import { describe, expect, it } from "vitest";
import { UsageError } from "../command.ts";
import { addressOf, filterOf } from "./filter-options.ts";

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
    expect(addressOf({})).toBe("127.0.0.1:50054");
    expect(addressOf({ address: "budget:50054" })).toBe("budget:50054");
    expect(() => addressOf({ address: "http://budget" })).toThrow("--address");
  });
});
