import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BudgetServiceDefinition,
  GetUsageRequest,
  ReserveRequest,
  SettleRequest,
} from "@switchyard/contracts/budget/v1/budget";
import { CompleteRequest, EmbedRequest } from "@switchyard/contracts/router/v1/router";
import { type BreakableLine, breakableLine, type RedisServer, startRedis } from "@switchyard/redis/testing";
import { type Client, connect, type RpcError, Status } from "@switchyard/rpc";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { testConfig } from "./network/config.ts";
import { type ServiceProcess, spawnService } from "./network/spawn-service.ts";
import { shapes, startNetwork, type TestNetwork, withKey } from "./network/test-network.ts";

describe.each(shapes)("limits of a %s platform", (shape) => {
  let network: TestNetwork;

  beforeAll(async () => {
    const enterprise = {
      tenant: { usdPerDay: { hard: 1, warnAt: 0.000_001 } },
      user: { requestsPerMinute: { hard: 60, burst: 1 } },
      feature: { tokensPerDay: 2_000 },
      apiKey: { tokensPerMinute: 1_000_000 },
      modelTier: { premium: { usdPerDay: 0.005 }, economy: { tokensPerDay: 6_000 } },
    };
    const globex = { tenant: { usdPerDay: { hard: 1, downgradeAt: { standard: 0.000_001, economy: 0.000_002 } } } };
    network = await startNetwork({
      shape,
      change: (config) => ({
        ...config,
        budget: {
          ...config.budget,
          timeZone: "Europe/Berlin",
          tiers: { enterprise, free: {} },
          tenants: { globex: { ...globex, modelTier: { premium: { usdPerDay: 1 } } } },
        },
      }),
    });
  });
  afterAll(() => network?.stop());

  const complete = async (text: string, caller: object, chat: object = {}, key: "acme" | "globex" = "acme") => {
    const messages = [{ role: "ROLE_USER" as const, content: [{ part: { $case: "text" as const, value: text } }] }];
    const request = CompleteRequest.fromPartial({ chat: { model: "auto", maxTokens: 100, messages, ...chat }, caller });
    return await network.router.complete(request, withKey(key));
  };
  const refusalOf = (call: Promise<unknown>) =>
    call.then(
      () => expect.unreachable(),
      (error: RpcError) => error,
    );
  const hard = "Prove in depth, step by step, that the square root of two is irrational, and generalise it.";

  it("refuse with the limit's name, when to come again and what to do", async () => {
    await complete("Translate into French: good morning.", { user: "jane" });
    const refusal = await refusalOf(complete("Translate into French: good evening.", { user: "jane" }));
    expect(refusal).toMatchObject({ code: Status.RESOURCE_EXHAUSTED, reason: "BUDGET_EXHAUSTED" });
    expect(refusal.quotaViolations).toMatchObject([{ subject: "user/acme/jane/requests_per_minute" }]);
    expect(refusal.retryDelayMs).toBeGreaterThan(0);
    expect(refusal.retryDelayMs).toBeLessThanOrEqual(60_000);
    expect(refusal.message).toContain("the operator can raise the limit");
  });

  it("hold for a feature, and say that waiting does not help what is larger than the limit", async () => {
    const refusal = await refusalOf(complete("word ".repeat(3_000), { user: "f1", feature: "search" }));
    expect(refusal.quotaViolations).toMatchObject([{ subject: "feature/acme/search/tokens_per_day" }]);
    expect(refusal.retryDelayMs).toBeUndefined();
    expect(refusal.message).toContain("larger than the limit");
  });

  it("warn of what is fuller than it should get", async () => {
    await vi.waitUntil(async () => (await usage("acme")).used?.costUsdNanos !== 0n);
    const { routing } = await complete(hard, { user: "w1" }, { model: "gpt-4o" });
    const again = await complete(hard, { user: "w2" }, { model: "gpt-4o" });
    expect([...(routing?.warnings ?? []), ...(again.routing?.warnings ?? [])].join()).toContain(
      "tenant/acme/usd_per_day",
    );
  });

  it("send what a tier has no room for to other models, and refuse what asks for the tier by name", async () => {
    const { routing } = await complete(hard, { user: "t1" }, { maxTokens: 3_000 });
    expect(routing?.tier).not.toBe("TIER_PREMIUM");
    expect(routing?.reason).toMatch(/tier\/acme\/premium\/usd_per_day has .* so other models are asked/);
    const refusal = await refusalOf(complete(hard, { user: "t2" }, { model: "gpt-4o", maxTokens: 3_000 }));
    expect(refusal.quotaViolations).toMatchObject([{ subject: "tier/acme/premium/usd_per_day" }]);
  });

  it("send `auto` requests to cheaper models as a budget empties, and nobody who asks by name", async () => {
    await complete(hard, { user: "d1" }, { model: "gpt-4o" }, "globex");
    await vi.waitUntil(async () => (await usage("globex")).used?.costUsdNanos !== 0n);
    const { routing } = await complete(`${hard} Twice.`, { user: "d2" }, {}, "globex");
    expect(routing).toMatchObject({ model: "qwen3-8b", tier: "TIER_ECONOMY" });
    expect(routing?.warnings.join()).toContain("so cheaper models are asked");
    const named = await complete(`${hard} Thrice.`, { user: "d3" }, { model: "gpt-4o" }, "globex");
    expect(named.routing?.model).toBe("gpt-4o");
  });

  it("hold embeddings to the tier of their model", async () => {
    const embedding = { model: "auto", texts: Array.from({ length: 40 }, () => "word ".repeat(200)) };
    const request = EmbedRequest.fromPartial({ embedding, caller: { user: "e1" } });
    const refusal = await refusalOf(network.router.embed(request, withKey()));
    expect(refusal.quotaViolations).toMatchObject([{ subject: "tier/acme/economy/tokens_per_day" }]);
  });

  const usage = (tenant: string) =>
    network.budget.getUsage(GetUsageRequest.create({ tenant, user: "", feature: "search" }));

  it("are told one by one: scope, period, used, reserved, allowed and when they reset", async () => {
    const { limits, budgetTier } = await usage("acme");
    expect(budgetTier).toBe("enterprise");
    expect(limits.map(({ limit, period, unit }) => [limit, period, unit])).toEqual([
      ["tenant/acme/usd_per_day", "day", "usd_nanos"],
      ["feature/acme/search/tokens_per_day", "day", "tokens"],
      ["tier/acme/economy/tokens_per_day", "day", "tokens"],
      ["tier/acme/premium/usd_per_day", "day", "usd_nanos"],
    ]);
    expect(limits[0]).toMatchObject({ scope: "tenant/acme", allowed: 1_000_000_000n, reserved: 0n, warnAt: 0.000_001 });
    expect(limits[0]?.used).toBeGreaterThan(0n);
    const midnight = limits[0]?.resetsAt?.toLocaleTimeString("en-GB", { timeZone: "Europe/Berlin" });
    expect(midnight).toBe("00:00:00");
  });
});

describe("a budget service whose Redis is gone", () => {
  let folder: string;
  let redis: RedisServer;
  let line: BreakableLine;
  let running: ServiceProcess;
  let budget: Client<BudgetServiceDefinition>;
  let close: () => void;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "switchyard-grace-"));
    redis = await startRedis();
    line = await breakableLine(redis.url);
    const config = testConfig("http://127.0.0.1:1/v1", folder);
    const tenants = { acme: { whenUnreachable: { allow: { tokens: 100, usd: 1 } } } };
    running = await spawnService({
      service: "budget",
      folder,
      environment: { TEST_PROVIDER_KEY: "sk", TEST_REDIS_URL: line.url },
      config: {
        ...config,
        budget: { ...config.budget, store: "redis", tenants },
        redis: { url: { env: "TEST_REDIS_URL" } },
      },
    });
    ({ client: budget, close } = connect(BudgetServiceDefinition, `dns:///${running.addresses.address}`));
  });
  afterAll(async () => {
    close?.();
    await running?.stop();
    await line?.close();
    await redis?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const reserve = (tenant: string, requestId: string, tokens: bigint) =>
    budget.reserve(
      ReserveRequest.fromPartial({ requestId, caller: { tenant, budgetTier: "enterprise" }, amount: { tokens } }),
    );
  const settle = (tenant: string, requestId: string, inputTokens: bigint) =>
    budget.settle(
      SettleRequest.fromPartial({
        requestId,
        caller: { tenant, budgetTier: "enterprise" },
        attempts: [{ model: "gpt-4o", provider: "openai", outcome: "ok", usage: { inputTokens } }],
        model: "gpt-4o",
      }),
    );
  const used = async (tenant: string) => (await budget.getUsage(GetUsageRequest.create({ tenant }))).used?.tokens;

  it("denies, or grants out of a bounded grace where the tenant's policy allows it, and books that when Redis is back", async () => {
    await reserve("acme", "before", 50n);
    await settle("acme", "before", 40n);
    line.cut();
    const unavailable = { code: Status.UNAVAILABLE };
    await expect(reserve("globex", "denied", 1n)).rejects.toMatchObject(unavailable);
    const granted = { verdict: { $case: "reservation", value: { grace: true } } };
    expect(await reserve("acme", "graced", 60n)).toMatchObject(granted);
    expect(await reserve("acme", "graced", 60n)).toMatchObject(granted);
    await expect(reserve("acme", "too much", 41n)).rejects.toMatchObject(unavailable);
    await settle("acme", "graced", 30n);
    expect(await reserve("acme", "after settling", 70n)).toMatchObject(granted);
    await settle("acme", "after settling", 20n);
    await expect(used("acme")).rejects.toMatchObject(unavailable);
    line.mend();
    await vi.waitUntil(async () => (await used("acme").catch(() => 0n)) === 90n, { timeout: 30_000, interval: 250 });
    expect(await used("globex")).toBe(0n);
  });
});
