import { createHash } from "node:crypto";
import { testConfig } from "@switchyard/test-e2e/network/config";

/** Keys by tenant; all tenants belong to one organisation. */
export const keys: Readonly<Record<string, string>> = { acme: "sk-acme", globex: "sk-globex" };

export const organisation = "umbrella";

/** The tenant of calls that go to the budget service directly. */
export const directTenant = "direct";

/** Tokens a day, by kind of scope. */
export const allowed = { organisation: 20_000, tenant: 8_000, user: 350 } as const;

/** The hard limit of a scope in tokens a day; undefined: it has none. */
export function allowedFor(scope: string): number | undefined {
  const kind = scope.split("/", 1)[0] as string;
  return Object.hasOwn(allowed, kind) ? allowed[kind as keyof typeof allowed] : undefined;
}

export const leaseSeconds = 4;

/** A platform of which requests must fit limits of organisation, tenant and user at once. */
export function chaosConfig(simulatorUrl: string, dataDirectory: string) {
  const base = testConfig(simulatorUrl, dataDirectory);
  return {
    ...base,
    log: { level: "info" },
    drainMs: 10_000,
    apiKeys: Object.entries(keys).map(([tenant, key]) => ({
      name: `${tenant}-backend`,
      sha256: createHash("sha256").update(key).digest("hex"),
      tenant,
      organisation,
      budgetTier: "chaos",
    })),
    anonymous: { tenant: "local", budgetTier: "chaos" },
    budget: {
      ...base.budget,
      leaseSeconds,
      tiers: {
        chaos: {
          organisation: { tokensPerDay: allowed.organisation },
          tenant: { tokensPerDay: allowed.tenant },
          user: { tokensPerDay: allowed.user },
        },
      },
    },
  };
}

export type ChaosConfig = ReturnType<typeof chaosConfig>;
