import { describe, expect, it } from "vitest";
import { answerPlace, type Circle, parseTicketKey, replayPlace, ticketKey } from "./place.ts";

const circle: Circle = { space: "acme", sensitivity: "SENSITIVITY_INTERNAL", user: undefined };
const digest = "d".repeat(43);
const parts = { stable: digest, text: "hello" };
const nameOf = (changes: Partial<Circle> = {}, of: Partial<typeof parts> = {}) =>
  answerPlace({ ...circle, ...changes }, { ...parts, ...of }).name;
const use = {
  ...{ tenant: "acme", user: "ann", idempotencyKey: "key" },
  sensitivity: "SENSITIVITY_INTERNAL" as Circle["sensitivity"],
};
const replay = (changes: Partial<typeof use> = {}, of = digest) => replayPlace({ ...use, ...changes }, of);

describe("the place of an answer", () => {
  it("is the same for a class that is not set and for what that means", () => {
    expect(nameOf({ sensitivity: "SENSITIVITY_UNSPECIFIED" })).toBe(nameOf());
  });

  it("is never shared across spaces, classes, users, stable parts or texts", () => {
    const names = [
      nameOf(),
      nameOf({ space: "Acme" }),
      nameOf({ space: "@group:acme" }),
      nameOf({ sensitivity: "SENSITIVITY_PUBLIC" }),
      nameOf({ sensitivity: "SENSITIVITY_CONFIDENTIAL" }),
      nameOf({ user: "" }),
      nameOf({ user: "ann" }),
      nameOf({ user: "bob" }),
      nameOf({ space: "acmea", user: "nn" }),
      nameOf({}, { stable: "e".repeat(43) }),
      nameOf({}, { text: "hello " }),
    ];
    expect(new Set(names.map((name) => name.replace(/^[a-z]+-/, ""))).size).toBe(names.length);
  });

  it("tells by its name whether it is one user's", () => {
    expect(nameOf()).toMatch(/^exact-/);
    expect(nameOf({ user: "ann" })).toMatch(/^own-/);
  });

  it("of an idempotency key belongs to one user of one tenant", () => {
    const names = [
      replay(),
      replay({ idempotencyKey: "kez" }),
      replay({ user: "bob" }),
      replay({ user: "", idempotencyKey: "annkey" }),
      replay({ user: "annk", idempotencyKey: "ey" }),
      replay({ tenant: "other" }),
    ].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it("of an idempotency key is the same for another request, which its digest tells apart", () => {
    const all = [replay(), replay({}, "e".repeat(43)), replay({ sensitivity: "SENSITIVITY_CONFIDENTIAL" })];
    expect(new Set(all.map(({ name }) => name)).size).toBe(1);
    expect(new Set(all.map(({ requestDigest }) => requestDigest)).size).toBe(3);
  });
});

describe("a ticket's key", () => {
  it.each(["acme", "a", "acme:x.y", "租户 🏢", "{}"])("carries the tenant %s and the place", (space) => {
    const { name } = answerPlace({ ...circle, space }, parts);
    expect(parseTicketKey(ticketKey({ space, name }))).toEqual({ space, name, kind: "exact" });
  });

  it("says nothing in clear text of user or key", () => {
    expect(ticketKey(replay({ idempotencyKey: "secret-key" }))).not.toMatch(/ann|secret/);
  });

  it("of any other form is none", () => {
    const good = ticketKey({ space: "acme", name: nameOf() });
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
