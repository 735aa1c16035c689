import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type AccessPolicy, admit } from "./admit.ts";

const anonymous = { tenant: "local", budgetTier: "enterprise" };
const open: AccessPolicy = { keys: new Map(), anonymous };
const sha256 = createHash("sha256").update("sk-acme").digest("hex");
const closed: AccessPolicy = {
  keys: new Map([
    [
      sha256,
      {
        name: "acme-backend",
        sha256,
        tenant: "acme",
        organisation: "umbrella",
        user: "jane",
        budgetTier: "pro",
        operator: false,
      },
    ],
  ]),
  anonymous,
};
const claim = (change: object) => ({
  tenant: "",
  user: "",
  feature: "",
  labels: {},
  budgetTier: "",
  organisation: "",
  apiKey: "",
  ...change,
});

describe("without configured keys", () => {
  it("serves this machine as the default tenant, or as the tenant it names", () => {
    expect(admit({ authorization: "Bearer anything", isLocal: true }, undefined, open)).toMatchObject(anonymous);
    expect(admit({ authorization: undefined, isLocal: true }, claim({ tenant: "other" }), open).tenant).toBe("other");
  });

  it("refuses everyone else and says what to configure", () => {
    expect(() => admit({ authorization: undefined, isLocal: false }, undefined, open)).toThrow(/configure apiKeys/);
  });

  it("never takes budget tier, organisation or key from the caller", () => {
    const said = claim({ budgetTier: "unlimited", organisation: "other", apiKey: "root" });
    const caller = admit({ authorization: undefined, isLocal: true }, said, open);
    expect(caller).toMatchObject({ budgetTier: "enterprise", organisation: "", apiKey: "" });
  });
});

describe("with configured keys", () => {
  const withKey = { authorization: "Bearer sk-acme", isLocal: false };

  it("takes tenant, organisation, user and budget tier from the key, whatever the caller says of itself", () => {
    const said = claim({ feature: "search", organisation: "other", apiKey: "root", budgetTier: "unlimited" });
    expect(admit(withKey, said, closed)).toEqual({
      tenant: "acme",
      user: "jane",
      feature: "search",
      labels: {},
      budgetTier: "pro",
      organisation: "umbrella",
      apiKey: "acme-backend",
    });
  });

  it.each([
    ["no key", undefined],
    ["another key", "Bearer sk-other"],
    ["the hash in place of the key", `Bearer ${sha256}`],
    ["another scheme", "Basic sk-acme"],
  ])("refuses %s, even from this machine", (_name, authorization) => {
    expect(() => admit({ authorization, isLocal: true }, undefined, closed)).toThrow(
      expect.objectContaining({ reason: "UNAUTHENTICATED" }),
    );
  });

  it("refuses a tenant or user that the key does not act for, naming the field but not the key", () => {
    for (const field of ["tenant", "user"] as const) {
      expect(() => admit(withKey, claim({ [field]: "mallory" }), closed)).toThrow(
        expect.objectContaining({ reason: "PERMISSION_DENIED", message: expect.stringContaining(`for the ${field}`) }),
      );
    }
    expect(() => admit(withKey, claim({ tenant: "mallory" }), closed)).toThrow(/^(?!.*sk-acme)/);
  });
});
