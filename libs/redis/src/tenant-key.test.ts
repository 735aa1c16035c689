import { describe, expect, it } from "vitest";
import { tenantKey } from "./tenant-key.ts";

/** The part of a key that Redis Cluster hashes. */
function hashTag(key: string): string {
  const open = key.indexOf("{");
  const close = key.indexOf("}", open + 1);
  return open < 0 || close <= open + 1 ? key : key.slice(open + 1, close);
}

const oddNames = [
  "acme",
  "ACME",
  "acme:cache",
  "acme}",
  "{acme}",
  "}",
  "{",
  "{}",
  "",
  "%",
  "%25",
  "%7d",
  "a:b",
  "a%3ab",
  "a b",
  "a\nb",
  "a\u0000b",
  "ä",
  "%e4",
  "%u00e4",
  "租户",
  "%u79df",
  "\ud800",
  "\udc00",
  "\ufffd",
  "*",
  "acme}:x:{other",
];

describe("tenantKey", () => {
  it("reads as tenant, then parts", () => {
    expect(tenantKey("acme", "cache", "abc")).toBe("switchyard:{acme}:cache:abc");
  });

  it("gives every odd tenant keys of its own", () => {
    const keys = oddNames.flatMap((tenant) => oddNames.map((part) => tenantKey(tenant, part)));
    expect(new Set(keys).size).toBe(oddNames.length ** 2);
    expect(new Set(keys.map((key) => Buffer.from(key, "utf8").toString("hex"))).size).toBe(oddNames.length ** 2);
  });

  it("keeps every key of a tenant under one hash tag, and tenants under different ones", () => {
    const tags = oddNames.map((tenant) => hashTag(tenantKey(tenant)));
    expect(new Set(tags).size).toBe(oddNames.length);
    for (const [index, tenant] of oddNames.entries()) {
      for (const part of oddNames) expect(hashTag(tenantKey(tenant, part, "x"))).toBe(tags[index]);
    }
  });

  it("does not let parts be shifted into each other", () => {
    expect(tenantKey("a", "b:c")).not.toBe(tenantKey("a", "b", "c"));
    expect(tenantKey("a", "b", "")).not.toBe(tenantKey("a", "b"));
  });
});
