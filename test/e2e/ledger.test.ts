import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { CompleteRequest } from "@switchyard/contracts/router/v1/router";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { keys } from "./network/config.ts";
import { shapes, startNetwork, type TestNetwork, withKey } from "./network/test-network.ts";

const binary = fileURLToPath(new URL("../../libs/cli/bin/switchyard.mjs", import.meta.url));

/** Runs the command line as it is installed. */
async function switchyard(...parameters: string[]) {
  const child = spawn(process.execPath, [binary, ...parameters], {
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const written = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (written.stdout += chunk));
  child.stderr.on("data", (chunk) => (written.stderr += chunk));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, ...written };
}

const operatorKey = "sk-finance";
const sha256 = (key: string) => createHash("sha256").update(key).digest("hex");

const secret = "a word that is in no ledger";

describe.each(shapes)("the ledger of a %s platform, told by the command line", (shape) => {
  let network: TestNetwork;
  const costs: bigint[] = [];

  const ask = async (feature: string, user: string, text: string, key: "acme" | "globex" = "acme") => {
    const request = CompleteRequest.fromPartial({
      chat: {
        model: "auto",
        messages: [{ role: "ROLE_USER", content: [{ part: { $case: "text", value: `${text} ${secret}` } }] }],
      },
      caller: { feature, user, labels: { team: "core" } },
    });
    const { routing } = await network.router.complete(request, withKey(key));
    costs.push(routing?.costUsdNanos ?? 0n);
  };
  const booked = (count: number) =>
    vi.waitUntil(
      async () => {
        const { entries } = await network.budget.listLedger({ tenant: "", afterSequence: 0n, pageSize: 0 });
        return entries.length === count;
      },
      { timeout: 20_000 },
    );
  const address = () => ["--address", network.budgetAddress];
  const reportJson = async (...parameters: string[]) => {
    const { code, stdout, stderr } = await switchyard("report", "--json", ...address(), ...parameters);
    expect([code, stderr]).toEqual([0, ""]);
    return JSON.parse(stdout);
  };

  beforeAll(async () => {
    const finance = {
      name: "finance",
      sha256: sha256(operatorKey),
      tenant: "finance",
      budgetTier: "free",
      operator: true,
    };
    network = await startNetwork({
      shape,
      environment: { OTEL_BLRP_SCHEDULE_DELAY: "100" },
      change: (config) => ({ ...config, apiKeys: [...config.apiKeys, finance] }),
    });
    await ask("search", "jane", "Translate into French: good morning.");
    await booked(1);
    await ask("search", "jane", "Translate into French: good morning.");
    await ask("chat", "joe", "Tell me about tides.");
    await ask("chat", "jane", "Tell me about comets.", "globex");
    await booked(4);
  });
  afterAll(() => network?.stop());

  const total = () => Number(costs.reduce((sum, cost) => sum + cost, 0n));

  it("adds up to what the callers were told, by feature and model", async () => {
    const report = await reportJson("--by", "feature,model", "--since", "7d");
    expect(report.total).toMatchObject({ requests: 4, exactHits: 1, costUsdNanos: total() });
    expect(report.total.savedUsdNanos).toBe(report.total.baselineCostUsdNanos - total());
    expect(report.total.hitBaselineCostUsdNanos).toBeGreaterThan(0);
    expect(new Set(report.rows.map(({ feature }: { feature: string }) => feature))).toEqual(
      new Set(["search", "chat"]),
    );
    const sum = report.rows.reduce(
      (cost: number, { costUsdNanos }: { costUsdNanos: number }) => cost + costUsdNanos,
      0,
    );
    expect(sum).toBe(total());
  });

  it("tells the top spenders, a tenant's users, and prints tables with totals", async () => {
    const users = await reportJson("--by", "user", "--tenant", "acme");
    expect(users.rows.map(({ user }: { user: string }) => user).toSorted()).toEqual(["jane", "joe"]);
    const { code, stdout } = await switchyard("report", "--by", "tenant,user", "--limit", "2", ...address());
    expect(code).toBe(0);
    expect(stdout).toContain("4 requests");
    expect(stdout).toContain("at the baseline model");
    expect(stdout).toContain("25.0% of requests hit: 1 exact");
    expect(stdout).toContain("the total includes 1 more rows; --limit shows them");
    const csv = await switchyard("report", "--by", "day", "--csv", ...address());
    expect(csv.stdout.split("\n")[1]).toMatch(/^\d{4}-\d\d-\d\d,4,/);
  });

  it("is exported line by line, filtered, as JSON Lines and CSV, without a word of the prompts", async () => {
    const all = await switchyard("ledger", ...address());
    const entries = all.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(entries).toHaveLength(4);
    expect(entries.reduce((sum, { cost_usd_nanos }) => sum + cost_usd_nanos, 0)).toBe(total());
    expect(entries[0]).toMatchObject({
      tenant: "acme",
      user: "jane",
      feature: "search",
      labels: { team: "core" },
      api_key: "acme-backend",
    });
    expect(all.stdout).not.toContain(secret);
    const csv = await switchyard("ledger", "--format", "csv", "--since", "1d", "--feature", "chat", ...address());
    expect(csv.stdout.trimEnd().split("\n")).toHaveLength(3);
    const none = await switchyard("ledger", "--until", "2020-01-01", ...address());
    expect(none).toMatchObject({ code: 0, stdout: "" });
  });

  it("is shown by the router to whom it belongs, and whole to an operator only", async () => {
    const ofRouter = (command: string, key: string, ...parameters: string[]) =>
      switchyard(command, "--address", network.grpcAddress, "--key", key, ...parameters);
    const own = JSON.parse((await ofRouter("report", keys.acme, "--json", "--by", "tenant")).stdout);
    expect(own.rows.map(({ tenant, requests }: { tenant: string; requests: number }) => [tenant, requests])).toEqual([
      ["acme", 3],
    ]);
    const entries = (await ofRouter("ledger", keys.globex)).stdout.trimEnd().split("\n");
    expect(entries.map((line) => JSON.parse(line).tenant)).toEqual(["globex"]);
    const foreign = await ofRouter("ledger", keys.acme, "--tenant", "globex");
    expect(foreign).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining('for the tenant "globex"') });
    const whole = JSON.parse((await ofRouter("report", operatorKey, "--json")).stdout);
    expect(whole.total).toMatchObject({ requests: 4, costUsdNanos: total() });
    const stranger = await switchyard("report", "--address", network.grpcAddress);
    expect(stranger).toMatchObject({ code: 1, stderr: expect.stringContaining("SWITCHYARD_ROUTER_KEY") });
  });

  it("is told to a warehouse as one log record a request, in the request's trace, without the prompt", async () => {
    await expect.poll(() => network.otlp.logs().length).toBe(4);
    const logs = network.otlp.logs();
    expect(new Set(logs.map(({ event }) => event))).toEqual(new Set(["switchyard.request.settled"]));
    expect(logs.reduce((sum, { attributes }) => sum + Number(attributes["switchyard.cost_usd_nanos"]), 0)).toBe(
      total(),
    );
    expect(logs.every(({ traceId }) => /^[0-9a-f]{32}$/.test(traceId))).toBe(true);
    expect(JSON.stringify(logs)).not.toContain(secret);
    const hit = logs.find(({ attributes }) => attributes["switchyard.cache.verdict"] === "exact_hit");
    expect(hit?.attributes).toMatchObject({ "switchyard.feature": "search", "switchyard.attempts": [] });
  });
});

it("is missed with advice where no platform runs", async () => {
  const { code, stderr } = await switchyard("report", "--address", "127.0.0.1:9");
  expect(code).toBe(1);
  expect(stderr).toContain("no ledger answers at 127.0.0.1:9");
  expect(stderr).toContain("npm start");
  expect(await switchyard("report", "--by", "colour")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('"colour"'),
  });
});
