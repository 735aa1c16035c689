import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Cache } from "../ports.ts";
import type { ApiKey } from "./admit.ts";
import { invalidateCache, reportBadHit } from "./mend-cache.ts";

const sha256 = (token: string) => createHash("sha256").update(token).digest("hex");
const key = (name: string, more: Partial<ApiKey> = {}): [string, ApiKey] => [
  sha256(name),
  {
    ...{ name, sha256: sha256(name), tenant: "acme", organisation: undefined, user: undefined },
    ...{ budgetTier: "pro", isOperator: false },
    ...more,
  } as ApiKey,
];
const access = {
  keys: new Map([key("backend"), key("eve", { user: "eve" })]),
  anonymous: { tenant: "local", budgetTier: "pro" },
};
const everything = { tags: [], model: "", everything: true };

describe("mending the cache", () => {
  const asked: unknown[] = [];
  const cache: Pick<Cache, "reportBadHit" | "invalidate"> = {
    reportBadHit: async ({ tenant }, entryId) => asked.push([tenant, entryId]) > 0,
    invalidate: async ({ tenant }, removal) => BigInt(asked.push([tenant, removal])) && 3n,
  };
  const by = (token: string, tenant = "") => ({
    caller: { tenant, user: "", feature: "", labels: {}, budgetTier: "", organisation: "", apiKey: "" },
    credentials: { authorization: `Bearer ${token}`, isLocal: true },
    signal: new AbortController().signal,
    deadline: 1_000,
  });

  it("takes the tenant from the key, whatever the caller says", async () => {
    asked.length = 0;
    expect(await reportBadHit(by("backend"), "entry-7", { access, cache })).toBe(true);
    expect(await invalidateCache(by("backend"), everything, { access, cache })).toBe(3n);
    expect(asked).toEqual([
      ["acme", "entry-7"],
      ["acme", everything],
    ]);
    const foreign = invalidateCache(by("backend", "globex"), everything, { access, cache });
    await expect(foreign).rejects.toMatchObject({ reason: "PERMISSION_DENIED" });
    await expect(reportBadHit(by("nobody"), "x", { access, cache })).rejects.toMatchObject({
      reason: "UNAUTHENTICATED",
    });
  });

  it("lets one user report what was wrong, but not remove what is the tenant's", async () => {
    expect(await reportBadHit(by("eve"), "entry-7", { access, cache })).toBe(true);
    const removing = invalidateCache(by("eve"), everything, { access, cache });
    await expect(removing).rejects.toMatchObject({ reason: "PERMISSION_DENIED" });
  });
});
