import { expect, it } from "vitest";
import { limitsFor } from "./limits.ts";
import { largestUserShares } from "./user-shares.ts";

const scope = {};
const tier = {
  organisation: scope,
  tenant: { tokensPerDay: { hard: 1_000 }, usdPerDay: { hard: 1 }, tokensPerMonth: { hard: 10 } },
  user: { tokensPerDay: { hard: 10 } },
  feature: scope,
  apiKey: scope,
  modelTier: { economy: scope, standard: scope, premium: scope },
};
const limitsOf = (tenant: string) =>
  tenant === "free"
    ? []
    : (limitsFor({ organisation: "", tenant, user: "", feature: "", apiKey: "" }, "pro", {
        tiers: { pro: tier },
        organisations: {},
        tenants: {},
      }) ?? []);
const use = (tenant: string, user: string, tokens: bigint, costUsdNanos: bigint) => ({
  tenant,
  user,
  used: { tokens, costUsdNanos },
});

it("names for each tenant the largest share of its day that one user took, by the limit that is nearest", () => {
  const shares = largestUserShares(
    [
      use("acme", "eve", 20n, 5_000_000n),
      use("acme", "bob", 10n, 250_000_000n),
      use("globex", "ann", 30n, 0n),
      use("globex", "", 900n, 900_000_000n),
      use("free", "tim", 900n, 0n),
    ],
    limitsOf,
  );
  expect(Object.fromEntries(shares)).toEqual({ acme: 0.25, globex: 0.03 });
});
