import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "@switchyard/config";
import {
  BudgetServiceDefinition,
  GetUsageRequest,
  ListLedgerRequest,
  ReleaseRequest,
  ReportRequest,
  ReserveRequest,
  SettleRequest,
} from "@switchyard/contracts/budget/v1/budget";
import { type Client, connect, RpcError } from "@switchyard/rpc";
import { createLogger } from "@switchyard/telemetry";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type BudgetApp, createBudgetApp } from "./app.ts";
import { testConfig } from "./testing/test-config.ts";

const logger = createLogger("budget", "silent");
const acme = { tenant: "acme", user: "jane", budgetTier: "small" };

let folder: string;
let app: BudgetApp;
let client: Client<BudgetServiceDefinition>;

beforeEach(async () => {
  vi.useFakeTimers({ now: Date.UTC(2030, 0, 1, 12) });
  folder = mkdtempSync(join(tmpdir(), "budget-"));
  app = await createBudgetApp(configOf(testConfig(folder)), { logger });
  const onUnforeseen = (_method: string, error: RpcError) => expect.unreachable(String(error.cause));
  ({ client } = connect(BudgetServiceDefinition, { inProcess: app.service, onUnforeseen }));
});
afterEach(async () => {
  await app.close();
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

function configOf(text: string) {
  return parseConfig(text, { environment: {}, folder });
}

const reserve = (fields: Parameters<typeof ReserveRequest.fromPartial>[0]) =>
  client.reserve(ReserveRequest.fromPartial({ requestId: "r1", caller: acme, amount: {}, ...fields }));
const settle = (fields: Parameters<typeof SettleRequest.fromPartial>[0]) =>
  client.settle(SettleRequest.fromPartial({ requestId: "r1", caller: acme, ...fields }));
const used = (tokens: bigint, costUsdNanos: bigint) => ({
  model: "small",
  provider: "maker",
  outcome: "ok",
  usage: { inputTokens: tokens },
  costUsdNanos,
});

describe("the budget service", () => {
  it("grants for the configured lease, or for the one that is asked for", async () => {
    const expiry = async (requestId: string, leaseSeconds: number) => {
      const { verdict } = await reserve({ requestId, leaseSeconds });
      return verdict?.$case === "reservation" ? verdict.value.expiresAt : verdict;
    };
    expect(await expiry("r1", 0)).toEqual(new Date(Date.now() + 600_000));
    expect(await expiry("r2", 1)).toEqual(new Date(Date.now() + 1_000));
    expect(await expiry("r3", 86_400)).toEqual(new Date(Date.now() + 86_400_000));
  });

  it("answers a refusal with the limit of the tier and its numbers", async () => {
    await settle({ requestId: "r0", attempts: [used(300n, 0n)] });
    await reserve({ requestId: "r1", caller: { ...acme, user: "" }, amount: { tokens: 600n } });
    expect(await reserve({ requestId: "r2", amount: { tokens: 101n } })).toEqual({
      verdict: {
        $case: "refusal",
        value: {
          limit: "tenant/acme/tokens_per_day",
          allowed: 1_000n,
          used: 300n,
          reserved: 600n,
          requested: 101n,
          unit: "tokens",
          resetsAt: new Date(Date.UTC(2030, 0, 2)),
          retryAfterMs: 43_200_000n,
        },
      },
    });
  });

  it("holds a tenant to the limits of its own where it has them, and to its tier's where not", async () => {
    const limitOf = async (amount: { tokens?: bigint; costUsdNanos?: bigint }) => {
      const { verdict } = await reserve({ caller: { ...acme, tenant: "globex" }, amount });
      return verdict?.$case === "refusal" ? [verdict.value.limit, verdict.value.allowed] : verdict?.$case;
    };
    expect(await limitOf({ tokens: 5_001n })).toEqual(["tenant/globex/tokens_per_day", 5_000n]);
    expect(await limitOf({ costUsdNanos: 2_500_000_001n })).toEqual(["tenant/globex/usd_per_day", 2_500_000_000n]);
    expect(await limitOf({ tokens: 501n })).toEqual(["user/globex/jane/tokens_per_day", 500n]);
    expect(await limitOf({ tokens: 500n, costUsdNanos: 2_500_000_000n })).toBe("reservation");
  });

  it("tells what a tenant and its users have used and reserved", async () => {
    await settle({ requestId: "r1", attempts: [used(300n, 30n)] });
    await reserve({ requestId: "r2", caller: { ...acme, user: "joe" }, amount: { tokens: 50n, costUsdNanos: 5n } });
    const usage = (tenant: string, user: string) => client.getUsage(GetUsageRequest.create({ tenant, user }));
    const resetsAt = new Date(Date.UTC(2030, 0, 2));
    const none = { tokens: 0n, costUsdNanos: 0n };
    const [settled, held] = [
      { tokens: 300n, costUsdNanos: 30n },
      { tokens: 50n, costUsdNanos: 5n },
    ];
    expect(await usage("acme", "")).toMatchObject({ used: settled, reserved: held, resetsAt });
    expect(await usage("acme", "jane")).toMatchObject({ used: settled, reserved: none, resetsAt });
    expect(await usage("acme", "joe")).toMatchObject({ used: none, reserved: held, resetsAt });
    expect(await usage("nobody", "")).toMatchObject({ used: none, reserved: none, resetsAt });
  });

  it("tells how full every limit is, by the tier that the configuration knows unless another is named", async () => {
    await settle({ requestId: "r1", attempts: [used(300n, 30n)] });
    await reserve({ requestId: "r2", amount: { tokens: 50n, costUsdNanos: 5n } });
    const usage = (fields: object) => client.getUsage(GetUsageRequest.fromPartial({ tenant: "acme", ...fields }));
    const day = { period: "day", unit: "tokens", used: 300n, reserved: 50n, resetsAt: new Date(Date.UTC(2030, 0, 2)) };
    const ofTenant = { ...day, limit: "tenant/acme/tokens_per_day", scope: "tenant/acme", allowed: 1_000n };
    expect(await usage({})).toMatchObject({ limits: [ofTenant], budgetTier: "small" });
    expect((await usage({ user: "jane" })).limits).toMatchObject([
      ofTenant,
      { ...day, limit: "user/acme/jane/tokens_per_day", scope: "user/acme/jane", allowed: 500n },
    ]);
    expect((await usage({ tenant: "globex" })).limits.map(({ limit, unit }) => `${limit} ${unit}`)).toEqual([
      "tenant/globex/tokens_per_day tokens",
      "tenant/globex/usd_per_day usd_nanos",
    ]);
    await expect(usage({ budgetTier: "none" })).rejects.toMatchObject({ reason: "INVALID_REQUEST" });
  });

  it("settles, releases and lists", async () => {
    await reserve({ requestId: "r1", amount: { tokens: 500n } });
    await reserve({ requestId: "r2", amount: { tokens: 500n } });
    await client.release(ReleaseRequest.fromPartial({ requestId: "r2", caller: acme }));
    expect(await settle({ requestId: "r1", attempts: [used(300n, 30n)], baselineCostUsdNanos: 90n })).toEqual({
      settled: { tokens: 300n, costUsdNanos: 30n },
    });
    const { entries } = await client.listLedger(ListLedgerRequest.create());
    expect(entries).toMatchObject([
      { sequence: 1n, bookedAt: new Date(), requestId: "r1", caller: acme, model: "small", baselineCostUsdNanos: 90n },
    ]);
    expect(await client.listLedger(ListLedgerRequest.create({ tenant: "globex" }))).toEqual({
      entries: [],
      nextSequence: 0n,
    });
    expect(await client.listLedger(ListLedgerRequest.create({ afterSequence: 1n }))).toEqual({
      entries: [],
      nextSequence: 0n,
    });
  });

  it("reports what was spent by day, feature or model, the dearest first, and lists what stands behind it", async () => {
    const answer = (requestId: string, feature: string, cost: bigint, model = "small") =>
      settle({
        requestId,
        caller: { ...acme, feature },
        attempts: [{ ...used(10n, cost), model }],
        model,
        baselineCostUsdNanos: 100n,
      });
    await answer("r1", "search", 20n);
    await answer("r2", "search", 30n, "large");
    vi.setSystemTime(Date.now() + 86_400_000);
    await answer("r3", "chat", 60n);
    await settle({
      requestId: "r4",
      cacheVerdict: "CACHE_VERDICT_EXACT_HIT",
      model: "small",
      baselineCostUsdNanos: 9n,
    });
    const report = async (fields: Parameters<typeof ReportRequest.fromPartial>[0]) => {
      const { rows, ...rest } = await client.report(ReportRequest.fromPartial(fields));
      return {
        ...rest,
        rows: rows.map(({ totals, ...names }) => [
          Object.values(names).filter(Boolean).join(" "),
          Number(totals?.costUsdNanos),
        ]),
      };
    };
    const dates = { sinceDate: "", untilDate: "2030-01-02", timeZone: "UTC" };
    expect(await report({})).toMatchObject({ ...dates, rows: [["", 110]], rowCount: 1, total: { requests: 4n } });
    expect(await report({ by: ["REPORT_DIMENSION_FEATURE", "REPORT_DIMENSION_MODEL"], limit: 2 })).toMatchObject({
      rows: [
        ["chat small", 60],
        ["search large", 30],
      ],
      rowCount: 4,
      total: { requests: 4n, exactHits: 1n, costUsdNanos: 110n, baselineCostUsdNanos: 309n },
    });
    const today = { lastDays: 1 };
    expect(await report({ filter: today, by: ["REPORT_DIMENSION_DAY"] })).toMatchObject({
      sinceDate: "2030-01-02",
      rows: [["2030-01-02", 60]],
    });
    expect(await report({ filter: { untilDate: "2030-01-01", feature: "search" } })).toMatchObject({
      untilDate: "2030-01-01",
      rows: [["", 50]],
    });
    const list = async (filter: object, pageSize = 0) =>
      client.listLedger(ListLedgerRequest.fromPartial({ filter, pageSize }));
    const ids = ({ entries }: { entries: readonly { requestId: string; day: string }[] }) =>
      entries.map(({ requestId, day }) => `${requestId} ${day}`);
    expect(ids(await list(today))).toEqual(["r3 2030-01-02", "r4 2030-01-02"]);
    expect(ids(await list({ untilDate: "2030-01-01", model: "large" }))).toEqual(["r2 2030-01-01"]);
    const first = await list({ user: "jane" }, 3);
    expect(first.nextSequence).toBe(3n);
    expect(ids(first)).toHaveLength(3);
  });

  it.each([
    [{ filter: { sinceDate: "2030-02-30" } }, "filter.since_date"],
    [{ filter: { untilDate: "yesterday" } }, "filter.until_date"],
    [{ filter: { sinceDate: "2030-02-02", untilDate: "2030-02-01" } }, "filter.until_date"],
    [{ filter: { sinceDate: "2030-02-02", lastDays: 3 } }, "filter.last_days"],
    [{ filter: { lastDays: -1 } }, "filter.last_days"],
    [{ limit: 10_001 }, "limit"],
    [{ by: ["REPORT_DIMENSION_UNSPECIFIED" as const] }, "by[0]"],
    [{ by: ["REPORT_DIMENSION_DAY" as const, "REPORT_DIMENSION_DAY" as const] }, "by[1]"],
  ])("refuses the report %j and names what is wrong with it", async (fields, field) => {
    await expect(client.report(ReportRequest.fromPartial(fields))).rejects.toMatchObject({
      reason: "INVALID_REQUEST",
      message: expect.stringContaining(`${field}: `),
    });
  });

  it("lists a thousand entries a page unless it is told otherwise", async () => {
    const attempts = Array.from({ length: 1_001 }, () => used(0n, 0n));
    await settle({ attempts });
    const size = async (pageSize: number) =>
      (await client.listLedger(ListLedgerRequest.create({ pageSize }))).entries.length;
    expect([await size(0), await size(1), await size(10_000)]).toEqual([1_000, 1, 1_001]);
  });

  it("presumes spent by itself what nobody settled in time", async () => {
    await reserve({ amount: { tokens: 100n }, leaseSeconds: 60 });
    await vi.advanceTimersByTimeAsync(70_000);
    vi.setSystemTime(Date.UTC(2030, 0, 1, 12));
    const { entries } = await client.listLedger(ListLedgerRequest.create());
    expect(entries.map(({ outcome }) => outcome)).toEqual(["presumed"]);
  });

  it("is not ready once it is closed", async () => {
    expect(app.isReady()).toBe(true);
    await app.close();
    expect(app.isReady()).toBe(false);
    app = await createBudgetApp(configOf(testConfig(folder)), { logger });
  });
});

describe("the budget service names the field that is wrong:", () => {
  const fieldsOf = (call: Promise<unknown>) =>
    call.then(
      () => [],
      (error: RpcError) => {
        expect(error).toBeInstanceOf(RpcError);
        expect(error.reason).toBe("INVALID_REQUEST");
        return error.fieldViolations.map(({ field }) => field);
      },
    );
  const tooMuch = 2n ** 53n;

  it.each([
    ["request_id", { requestId: "" }],
    ["caller.tenant", { caller: undefined }],
    ["caller.tenant", { caller: { ...acme, tenant: "" } }],
    ["caller.tenant", { caller: { ...acme, tenant: "\ud800" } }],
    ["caller.budget_tier", { caller: { ...acme, budgetTier: "toString" } }],
    ["request_id", { requestId: "r".repeat(257) }],
    ["caller.user", { caller: { ...acme, user: "u".repeat(257) } }],
    ["caller.feature", { caller: { ...acme, feature: "f".repeat(257) } }],
    [
      "caller.labels",
      { caller: { ...acme, labels: Object.fromEntries(Array.from({ length: 17 }, (_, at) => [at, ""])) } },
    ],
    ["caller.labels", { caller: { ...acme, labels: { ["k".repeat(129)]: "" } } }],
    ["caller.labels", { caller: { ...acme, labels: { team: "v".repeat(129) } } }],
    ["amount", { amount: undefined }],
    ["amount.tokens", { amount: { tokens: -1n } }],
    ["amount.tokens", { amount: { tokens: tooMuch } }],
    ["amount.cost_usd_nanos", { amount: { costUsdNanos: -1n } }],
    ["lease_seconds", { leaseSeconds: -1 }],
    ["lease_seconds", { leaseSeconds: 86_401 }],
  ])("%s of a reserve", async (field, fields) => {
    expect(await fieldsOf(reserve(fields))).toEqual([field]);
  });

  it.each([
    ["request_id", { requestId: "" }],
    ["caller.tenant", { caller: {} }],
    ["baseline_cost_usd_nanos", { baselineCostUsdNanos: -1n }],
    ["attempts[1].outcome", { attempts: [used(1n, 1n), { ...used(1n, 1n), outcome: "" }] }],
    ["attempts[0].outcome", { attempts: [{ ...used(1n, 1n), outcome: "corrected" }] }],
    ["attempts[0].cost_usd_nanos", { attempts: [used(1n, -1n)] }],
    ["attempts[0].usage.input_tokens", { attempts: [used(tooMuch, 1n)] }],
    ["attempts[0].usage.output_tokens", { attempts: [{ ...used(1n, 1n), usage: { outputTokens: -1n } }] }],
    ["attempts", { attempts: [used(tooMuch - 1n, 0n), used(1n, 0n)] }],
  ])("%s of a settle", async (field, fields) => {
    expect(await fieldsOf(settle(fields))).toEqual([field]);
    expect((await client.listLedger(ListLedgerRequest.create())).entries).toEqual([]);
  });

  it("all of them, where several are wrong", async () => {
    const call = reserve({ requestId: "", caller: undefined, amount: { tokens: -1n }, leaseSeconds: -1 });
    expect(await fieldsOf(call)).toEqual(["request_id", "amount.tokens", "lease_seconds", "caller.tenant"]);
  });

  it("those of a release, a usage and a ledger", async () => {
    expect(await fieldsOf(client.release(ReleaseRequest.create()))).toEqual(["request_id", "caller.tenant"]);
    expect(await fieldsOf(client.getUsage(GetUsageRequest.create({ user: "jane" })))).toEqual(["tenant"]);
    const list = (fields: object) => fieldsOf(client.listLedger(ListLedgerRequest.create(fields)));
    expect(await list({ pageSize: -1 })).toEqual(["page_size"]);
    expect(await list({ pageSize: 10_001 })).toEqual(["page_size"]);
    expect(await list({ afterSequence: -1n })).toEqual(["after_sequence"]);
  });

  it("not what is long about a settle, for what was used is booked whatever is wrong", async () => {
    const caller = { ...acme, user: "u".repeat(300) };
    expect(await fieldsOf(settle({ caller, attempts: [used(1n, 1n)] }))).toEqual([]);
  });

  it("not the tier of a settle or release, which may be gone from the configuration by then", async () => {
    const caller = { ...acme, budgetTier: "gone" };
    expect(await fieldsOf(settle({ caller, attempts: [used(1n, 1n)] }))).toEqual([]);
    expect(await fieldsOf(client.release(ReleaseRequest.fromPartial({ requestId: "r2", caller })))).toEqual([]);
  });
});
