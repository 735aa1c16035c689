import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import {
  BudgetServiceDefinition,
  GetUsageRequest,
  ListLedgerRequest,
  ReserveRequest,
  SettleRequest,
} from "@switchyard/contracts/budget/v1/budget";
import { type Connection, connect } from "@switchyard/rpc";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testConfig } from "./testing/test-config.ts";

interface Running {
  readonly process: ChildProcess;
  readonly connection: Connection<BudgetServiceDefinition>;
}

const caller = { tenant: "acme", user: "jane", budgetTier: "small" };
const main = fileURLToPath(new URL("./main.ts", import.meta.url));

let folder: string;
let config: string;
let running: Running[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "budget-"));
  config = join(folder, "switchyard.yaml");
  running = [];
  writeFileSync(config, testConfig(join(folder, "data")).replace("tokensPerDay: 1000", "tokensPerDay: 1000000"));
});
afterEach(async () => {
  for (const { process: child, connection } of running) {
    connection.close();
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }
  rmSync(folder, { recursive: true });
});

/** Starts the service as a process of its own, as an operator would. */
async function start(): Promise<Running> {
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, SWITCHYARD_CONFIG: config },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const written: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    written.push(line);
    const address = line.startsWith("{") && JSON.parse(line).msg === "serving" && JSON.parse(line).address;
    if (!address) continue;
    child.stderr.resume();
    const started = { process: child, connection: connect(BudgetServiceDefinition, `dns:///${address}`) };
    running.push(started);
    return started;
  }
  throw new Error(`the service did not start:\n${written.join("\n")}`);
}

describe("a budget service that is killed", () => {
  it("has every settled cost in its ledger when it is back, and every reservation", async () => {
    const first = await start();
    const acknowledged: string[] = [];
    const settleUntilItDies = async (worker: number) => {
      for (let index = 0; ; index++) {
        const requestId = `w${worker}-${index}`;
        const attempts = [{ model: "small", outcome: "ok", usage: { inputTokens: 3n }, costUsdNanos: 7n }];
        await first.connection.client.settle(SettleRequest.fromPartial({ requestId, caller, attempts }));
        acknowledged.push(requestId);
        if (acknowledged.length === 300) first.process.kill("SIGKILL");
      }
    };
    await first.connection.client.reserve(
      ReserveRequest.fromPartial({ requestId: "held", caller, amount: { tokens: 11n } }),
    );
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(settleUntilItDies));
    expect(outcomes.map(({ status }) => status)).toEqual(Array(4).fill("rejected"));
    expect(acknowledged.length).toBeGreaterThanOrEqual(300);

    const { client } = (await start()).connection;
    const { entries } = await client.listLedger(ListLedgerRequest.create({ pageSize: 10_000 }));
    const booked = entries.map(({ requestId }) => requestId);
    expect(new Set(booked).size).toBe(booked.length);
    expect(acknowledged.filter((requestId) => !booked.includes(requestId))).toEqual([]);
    // What was in flight may stand there too, but then wholly: the counters agree with the ledger.
    const count = BigInt(entries.length);
    expect(await client.getUsage(GetUsageRequest.create({ tenant: "acme" }))).toMatchObject({
      used: { tokens: 3n * count, costUsdNanos: 7n * count },
      reserved: { tokens: 11n, costUsdNanos: 0n },
    });
  });
});

describe("a budget service that is asked to end", () => {
  it("ends cleanly, with its database in one file", async () => {
    const { process: child, connection } = await start();
    await connection.client.settle(SettleRequest.fromPartial({ requestId: "r1", caller }));
    connection.close();
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });
});

describe("a budget service without a sound database", () => {
  it("says so and ends", async () => {
    const data = join(folder, "data");
    writeFileSync(data, "a file, not a folder");
    await expect(start()).rejects.toThrow("cannot open the budget database");
  });
});
