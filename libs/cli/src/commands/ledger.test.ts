import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { loadConfig } from "@switchyard/config";
import {
  type BudgetServiceDefinition as Budget,
  BudgetServiceDefinition,
  LedgerEntry,
  type ListLedgerRequest,
  type ReportRequest,
  ReportResponse,
} from "@switchyard/contracts/budget/v1/budget";
import { type Handlers, maxMessageBytes, RpcError, type RpcServer, Status, serve, service } from "@switchyard/rpc";
import { createLogger } from "@switchyard/telemetry";
import { afterEach, describe, expect, it } from "vitest";
import { type Command, CommandError, UsageError } from "../command.ts";
import { ledger } from "./ledger.ts";
import { report } from "./report.ts";

let server: RpcServer | undefined;
afterEach(() => server?.drain(1_000));

async function listen(handlers: Partial<Handlers<Budget>>): Promise<string> {
  const options = { logger: createLogger("test", "silent"), maxMessageBytes: maxMessageBytes(loadConfig({})) };
  server = await serve([service(BudgetServiceDefinition, handlers as Handlers<Budget>)], {
    ...options,
    listen: "127.0.0.1:0",
  });
  return server.address;
}

async function run(command: Command, parameters: readonly string[]): Promise<string> {
  const output = new PassThrough();
  const written = text(output);
  await command.run(parameters, {
    environment: {},
    folder: "/",
    output,
    remarks: { isTTY: false, write: () => true } as unknown as NodeJS.WriteStream,
    input: new PassThrough(),
    signal: new AbortController().signal,
  });
  output.end();
  return written;
}

const entry = (sequence: bigint) =>
  LedgerEntry.fromPartial({
    sequence,
    bookedAt: new Date(Date.UTC(2026, 10, 20, 12)),
    day: "2026-11-20",
    requestId: `r${sequence}`,
    caller: { tenant: "acme", user: "=jane", labels: { team: "core" } },
    model: "small",
    tier: "TIER_ECONOMY",
    costUsdNanos: 1_250_000n,
    baselineCostUsdNanos: 2_000_000n,
    requestCount: 1,
  });

describe("the ledger command", () => {
  it("reads page after page, one that holds nothing included, until nothing is left", async () => {
    const asked: ListLedgerRequest[] = [];
    const address = await listen({
      async listLedger(request) {
        asked.push(request);
        const pages = [
          { entries: [entry(1n), entry(2n)], nextSequence: 20_000n },
          { entries: [], nextSequence: 40_000n },
          { entries: [entry(40_001n)], nextSequence: 0n },
        ];
        return pages[asked.length - 1] ?? { entries: [], nextSequence: 0n };
      },
    });
    const lines = (await run(ledger, ["--address", address, "--since", "7d", "--tenant", "acme"]))
      .trimEnd()
      .split("\n");
    expect(lines.map((line) => JSON.parse(line).sequence)).toEqual([1, 2, 40_001]);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      booked_at: "2026-11-20T12:00:00.000Z",
      organisation: "acme",
      user: "=jane",
      labels: { team: "core" },
      tier: "economy",
      task: "",
      cost_usd_nanos: 1_250_000,
      saved_usd_nanos: 750_000,
    });
    expect(asked.map(({ afterSequence }) => afterSequence)).toEqual([0n, 20_000n, 40_000n]);
    expect(asked[0]?.filter).toMatchObject({ lastDays: 7, tenant: "acme" });
    expect(asked[0]?.filter?.user).toBeUndefined();
  });

  it("writes CSV with a header, exact dollars and names that are no formulas", async () => {
    const address = await listen({ listLedger: async () => ({ entries: [entry(1n)], nextSequence: 0n }) });
    const [header = "", line = ""] = (await run(ledger, ["--address", address, "--format", "csv"])).split("\n");
    expect(header).toMatch(
      /^sequence,booked_at,day,request_id,organisation,tenant,user,.*,saved_usd,wasted,hedge,request_count$/,
    );
    expect(line).toContain(`,acme,acme,'=jane,,,"{""team"":""core""}",small,`);
    expect(line).toContain(",0.001250000,0.002000000,0.000750000,");
  });

  it("says who does not answer, and what to do about it", async () => {
    const address = await listen({});
    await server?.drain(1_000);
    const attempt = run(ledger, ["--address", address]);
    await expect(attempt).rejects.toThrow(CommandError);
    await expect(attempt).rejects.toThrow(`no ledger answers at ${address}`);
  });

  it("tells a store that is away from a service that is", async () => {
    const address = await listen({
      listLedger: async () => {
        const message = "the budget store cannot be reached";
        throw new RpcError({ code: Status.UNAVAILABLE, reason: "SERVICE_UNAVAILABLE", message });
      },
    });
    await expect(run(ledger, ["--address", address])).rejects.toThrow("the budget store cannot be reached");
  });

  it("shows its key to a router, and says how to give one where it is asked for", async () => {
    const address = await listen({
      report: async (_request, { metadata }) => {
        if (metadata.get("authorization") === "Bearer mine") return ReportResponse.create();
        throw new RpcError({ code: Status.UNAUTHENTICATED, reason: "UNAUTHENTICATED", message: "who calls?" });
      },
    });
    expect(await run(report, ["--address", address, "--key", "mine", "--json"])).toContain('"rows": []');
    await expect(run(report, ["--address", address])).rejects.toThrow(/who calls\? .*SWITCHYARD_ROUTER_KEY/);
  });

  it("names an option that is wrong", async () => {
    await expect(run(ledger, ["--format", "xml"])).rejects.toThrow(UsageError);
    await expect(run(ledger, ["extra"])).rejects.toThrow(UsageError);
    await expect(run(ledger, ["--colour"])).rejects.toThrow("--colour");
  });
});

describe("the report command", () => {
  const asked: ReportRequest[] = [];
  const rows = [
    { day: "2026-11-20", totals: { costUsdNanos: 2n } },
    { day: "2026-11-19", totals: { costUsdNanos: 1n } },
  ];
  const answer = ReportResponse.fromPartial({ rows, total: { requests: 2n, costUsdNanos: 3n }, rowCount: 2 });
  const listenForReports = () =>
    listen({
      async report(request) {
        asked.push(request);
        return answer;
      },
    });

  it("asks for the last 30 days by feature and model unless it is told otherwise", async () => {
    const address = await listenForReports();
    await run(report, ["--address", address]);
    expect(asked.at(-1)).toMatchObject({
      by: ["REPORT_DIMENSION_FEATURE", "REPORT_DIMENSION_MODEL"],
      filter: { lastDays: 30 },
      limit: 30,
    });
    await run(report, ["--address", address, "--by", "user", "--until", "2026-11-01", "--json"]);
    expect(asked.at(-1)).toMatchObject({ filter: { lastDays: 0, untilDate: "2026-11-01" }, limit: 10_000 });
  });

  it("puts days in their order", async () => {
    const csv = await run(report, ["--address", await listenForReports(), "--by", "day", "--csv"]);
    expect(csv.split("\n").map((line) => line.split(",")[0])).toEqual(["day", "2026-11-19", "2026-11-20", ""]);
  });

  it.each([
    [["--by", "colour"], '"colour"'],
    [["--by", "user,user"], "--by"],
    [["--limit", "0"], "--limit"],
    [["--json", "--csv"], "--json"],
    [["--since", "soon"], "--since"],
  ])("refuses %j and names what is wrong", async (parameters, named) => {
    await expect(run(report, parameters)).rejects.toThrow(UsageError);
    await expect(run(report, parameters)).rejects.toThrow(named);
  });
});
