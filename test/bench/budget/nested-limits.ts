import { ReserveRequest } from "@switchyard/contracts/budget/v1/budget";
import type { LimitPolicy, ScopeLimits } from "@switchyard/service-budget/policy";

const none: ScopeLimits = {};

/** Eight limits that a request of {@link reservation} has to fit, none of which it ever fills. */
export const nestedLimits: LimitPolicy = {
  tiers: {
    nested: {
      organisation: { usdPerMonth: { hard: 9_000_000 } },
      tenant: { usdPerMonth: { hard: 5_000_000, warnAt: 0.8 }, tokensPerDay: { hard: 1e15 } },
      user: { tokensPerDay: { hard: 1e15 }, requestsPerMinute: { hard: 100_000_000 } },
      feature: { usdPerDay: { hard: 1_000_000 } },
      apiKey: { tokensPerMinute: { hard: 100_000_000, burst: 140_000_000 } },
      modelTier: {
        economy: none,
        standard: none,
        premium: { usdPerDay: { hard: 1_000_000, downgradeAt: { standard: 0.9 } } },
      },
    },
  },
  organisations: {},
  tenants: {},
};

const users = 100;

/** A request of one of a hundred users of a tenant, by a number of its own. */
export function reservation(index: number): ReserveRequest {
  const amount = { tokens: 1n, costUsdNanos: 1_000n };
  return ReserveRequest.create({
    requestId: `0192f7c6-7a1e-7000-8000-${index.toString(16).padStart(12, "0")}`,
    caller: {
      tenant: "acme",
      user: `user-${index % users}`,
      feature: "search",
      labels: {},
      budgetTier: "nested",
      organisation: "umbrella",
      apiKey: "backend",
    },
    amount,
    leaseSeconds: 0,
    tiers: [{ tier: "TIER_PREMIUM", amount }],
    routed: false,
  });
}
