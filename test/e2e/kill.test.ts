import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BudgetServiceDefinition, GetUsageRequest } from "@switchyard/contracts/budget/v1/budget";
import { CompleteRequest, RouterServiceDefinition } from "@switchyard/contracts/router/v1/router";
import { connect } from "@switchyard/rpc";
import { expect, it } from "vitest";
import { testConfig } from "./network/config.ts";
import { spawnService } from "./network/spawn-service.ts";
import { startSimulator, withKey } from "./network/test-network.ts";

it("loses no settled cost when the standalone platform is killed under load", async () => {
  const folder = mkdtempSync(join(tmpdir(), "switchyard-kill-"));
  const environment = { TEST_PROVIDER_KEY: "sk-provider" };
  const simulator = await startSimulator(folder, { firstTokenMs: 2, tokensPerSecond: 0 });
  const config = { ...testConfig(simulator.url, join(folder, "data")), log: { level: "info" } };
  const start = () => spawnService({ service: "standalone", config, folder, environment });

  let platform = await start();
  const connection = connect(RouterServiceDefinition, `dns:///${platform.addresses.grpc}`);
  const answered = new Map<string, bigint>();
  let isUp = true;
  const caller = async (name: number) => {
    for (let turn = 0; isUp; turn++) {
      const request = CompleteRequest.fromPartial({
        chat: {
          model: "gpt-4o",
          maxTokens: 64,
          messages: [{ role: "ROLE_USER", content: [{ part: { $case: "text", value: `Question ${name}.${turn}` } }] }],
        },
      });
      try {
        const { routing } = await connection.client.complete(request, withKey());
        if (routing) answered.set(routing.requestId, routing.costUsdNanos);
      } catch {
        return;
      }
    }
  };
  const budgetOf = () => connect(BudgetServiceDefinition, `dns:///${platform.addresses.budget}`);
  const ledger = async () => {
    const { client, close } = budgetOf();
    const { entries } = await client.listLedger({ tenant: "acme", afterSequence: 0n, pageSize: 10_000 });
    close();
    return new Map(entries.map((entry) => [entry.requestId, entry]));
  };

  const load = Array.from({ length: 8 }, (_, name) => caller(name));
  await expect.poll(() => answered.size, { timeout: 20_000 }).toBeGreaterThan(60);
  const settledBefore = await ledger();
  await platform.kill();
  isUp = false;
  await Promise.all(load);
  connection.close();
  expect(settledBefore.size).toBeGreaterThan(0);

  platform = await start();
  const settledAfter = await ledger();
  for (const [requestId, entry] of settledBefore) {
    expect(settledAfter.get(requestId)?.costUsdNanos).toBe(entry.costUsdNanos);
  }
  // What was answered but not yet settled is still held: its reservation outlived the process and counts until its lease ends.
  const { client, close } = budgetOf();
  const { used, reserved } = await client.getUsage(GetUsageRequest.create({ tenant: "acme" }));
  close();
  const inLedger = [...answered].filter(([requestId]) => settledAfter.has(requestId));
  const unsettled = answered.size - inLedger.length;
  const sum = [...settledAfter.values()].reduce((total, { costUsdNanos }) => total + costUsdNanos, 0n);
  expect(used?.costUsdNanos).toBe(sum);
  if (unsettled > 0) expect(reserved?.tokens).toBeGreaterThan(0n);
  const total = [...answered.values()].reduce((cost, one) => cost + one, 0n);
  expect((used?.costUsdNanos ?? 0n) + (reserved?.costUsdNanos ?? 0n)).toBeGreaterThanOrEqual(total);

  await platform.stop();
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
});
