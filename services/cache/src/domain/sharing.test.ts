import { describe, expect, it } from "vitest";
import { createSharing, tenantSpace } from "./sharing.ts";

const sharing = createSharing({ retail: ["acme", "bolt"], bank: ["coin", "dime"] });

describe("the space of a tenant", () => {
  it("is nobody else's, whatever tenants and groups are called", () => {
    const odd = ["acme", "@acme", "@tenant:acme", "@tenant:@acme", "@group:retail", "@", "", "@tenant:"];
    const spaces = [...odd.map(tenantSpace), sharing.sharedSpace("acme"), sharing.sharedSpace("coin")];
    expect(new Set(spaces).size).toBe(spaces.length);
  });

  it("is its own unless it is in a group", () => {
    expect(sharing.sharedSpace("zinc")).toBe(tenantSpace("zinc"));
    expect(sharing.spaces("zinc")).toEqual(["zinc"]);
    expect(sharing.spaces("acme")).toEqual(["acme", sharing.sharedSpace("bolt")]);
  });

  it("goes with that of its group, and with no other", () => {
    const retail = sharing.sharedSpace("acme");
    expect(sharing.areOfOneTenant("acme", "acme")).toBe(true);
    expect(sharing.areOfOneTenant("acme", retail)).toBe(true);
    expect(sharing.areOfOneTenant(retail, "bolt")).toBe(true);
    for (const [one, other] of [
      ["acme", "bolt"],
      ["zinc", retail],
      [retail, sharing.sharedSpace("coin")],
      ["zinc", "tin"],
    ] as const) {
      expect(sharing.areOfOneTenant(one, other)).toBe(false);
    }
  });
});
