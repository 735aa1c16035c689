import { describe, expect, it } from "vitest";
import { exactPlace, parseTicketKey, replayPlace, ticketKey } from "./place.ts";

const partition = { tenant: "acme", sensitivity: "SENSITIVITY_INTERNAL", user: "ann" } as const;
const digest = "d".repeat(43);
const exactName = (changes: Partial<Parameters<typeof exactPlace>[0]>) =>
  exactPlace({ ...partition, ...changes }, digest).name;

describe("the place of an answer", () => {
  it("is shared by the users of a tenant", () => {
    expect(exactName({ user: "bob" })).toBe(exactName({ user: "ann" }));
    expect(exactName({ sensitivity: "SENSITIVITY_UNSPECIFIED" })).toBe(exactName({}));
  });

  it("is never shared across tenants, classes, digests or, where confidential, users", () => {
    const confidential = { sensitivity: "SENSITIVITY_CONFIDENTIAL" } as const;
    const names = [
      exactName({}),
      exactName({ tenant: "Acme" }),
      exactName({ sensitivity: "SENSITIVITY_PUBLIC" }),
      exactName(confidential),
      exactName({ ...confidential, user: "bob" }),
      exactName({ ...confidential, tenant: "acmea", user: "nn" }),
      exactPlace(partition, "e".repeat(43)).name,
    ];
    expect(new Set(names).size).toBe(names.length);
  });

  it("of an idempotency key belongs to one user of one tenant", () => {
    const names = [
      replayPlace(partition, "key", digest).name,
      replayPlace(partition, "kez", digest).name,
      replayPlace({ ...partition, user: "bob" }, "key", digest).name,
      replayPlace({ ...partition, user: "" }, "annkey", digest).name,
      replayPlace({ ...partition, user: "annk" }, "ey", digest).name,
      replayPlace({ ...partition, tenant: "other" }, "key", digest).name,
    ];
    expect(new Set(names).size).toBe(names.length);
  });

  it("of an idempotency key is the same for another request, which its digest tells apart", () => {
    const one = replayPlace(partition, "key", digest);
    const other = replayPlace(partition, "key", "e".repeat(43));
    const moreSecret = replayPlace({ ...partition, sensitivity: "SENSITIVITY_CONFIDENTIAL" }, "key", digest);
    expect(new Set([one, other, moreSecret].map(({ name }) => name)).size).toBe(1);
    expect(new Set([one, other, moreSecret].map(({ requestDigest }) => requestDigest)).size).toBe(3);
  });
});

describe("a ticket's key", () => {
  it.each(["acme", "a", "acme:x.y", "租户 🏢", "{}"])("carries the tenant %s and the place", (tenant) => {
    const place = exactPlace({ ...partition, tenant }, digest);
    expect(parseTicketKey(ticketKey(tenant, place))).toEqual({ tenant, name: place.name, kind: "exact" });
  });

  it("says nothing in clear text of user or key", () => {
    expect(ticketKey("acme", replayPlace(partition, "secret-key", digest))).not.toMatch(/ann|secret/);
  });

  it("of any other form is none", () => {
    const good = ticketKey("acme", exactPlace(partition, digest));
    const forms = [
      "",
      "x",
      good.slice(1),
      `${good}=`,
      `${good}\n`,
      ` ${good}`,
      good.replace(".", ":"),
      good.split(".")[0],
      good.replace("exact", "other"),
      `${good.split(".")[0]}.`,
      `${good.split(".")[0]}.A`,
      `${good.split(".")[0]}./w`,
      `${good.split(".")[0]}._w`,
      good.replace("exact-", "exact-A"),
      `${good}.${good}`,
    ];
    for (const form of forms) expect(parseTicketKey(form as string)).toBeUndefined();
  });
});
