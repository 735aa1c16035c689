import process from "node:process";
import OpenAI from "openai";
import { type DemoArguments, readArguments, usage } from "./arguments.ts";
import { addUp, type Bill } from "./bill.ts";
import { ledgerCost } from "./ledger.ts";
import type { Outcome } from "./outcome.ts";
import { type Run, renderBill } from "./print.ts";
import { createProgress } from "./progress.ts";
import { seededRandom } from "./seeded-random.ts";
import { send } from "./send.ts";
import { createWorkload, type DemoRequest } from "./workload.ts";

const concurrency = 8;
const requestTimeoutMs = 120_000;
const seed = 20_260_501;

process.exitCode = await main();

async function main(): Promise<number> {
  let asked: DemoArguments;
  try {
    asked = readArguments(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  if (asked.help) {
    process.stdout.write(usage);
    return 0;
  }
  const interrupt = new AbortController();
  process.once("SIGINT", () => interrupt.abort());
  const { bill, run } = await (asked.url
    ? runAgainst(asked.url, asked, interrupt.signal)
    : runPrivately(asked, interrupt.signal));
  process.stdout.write(asked.json ? `${toJson(bill, run)}\n` : `\n${renderBill(bill, run)}\n`);
  return exitCodeOf(bill, run);
}

/** 1 where a request failed, or where all were answered and the ledger says another sum. */
function exitCodeOf({ failed, costUsdNanos }: Bill, { ledgerUsdNanos }: Run): number {
  return failed > 0 || (ledgerUsdNanos !== undefined && ledgerUsdNanos !== costUsdNanos) ? 1 : 0;
}

async function runPrivately(asked: DemoArguments, signal: AbortSignal): Promise<{ bill: Bill; run: Run }> {
  // Not imported above: a run against another platform has no use for one.
  const { startPrivatePlatform } = await import("./private-platform.ts");
  const platform = await startPrivatePlatform(process.env);
  try {
    process.stderr.write(
      platform.isSimulated
        ? "Started a platform with the built-in simulator: no provider key is set, so answers are made up.\n"
        : "Started a platform with the configured provider: this costs real money.\n",
    );
    const { bill, run } = await runAgainst(platform.httpUrl, asked, signal);
    return { bill, run: { ...run, ledgerUsdNanos: await ledgerCost(platform.budget, bill.requests - bill.failed) } };
  } finally {
    await platform.close();
  }
}

async function runAgainst(url: string, asked: DemoArguments, signal: AbortSignal): Promise<{ bill: Bill; run: Run }> {
  const client = new OpenAI({
    baseURL: `${url}/v1`,
    apiKey: asked.key ?? "none",
    maxRetries: 0,
    timeout: requestTimeoutMs,
  });
  const workload = createWorkload(asked.requests, seededRandom(seed));
  const start = performance.now();
  const outcomes = await sendAll(workload, (request) =>
    send(request, { client, namesUsers: asked.key === undefined, now: () => performance.now(), signal }),
  );
  return { bill: addUp(outcomes), run: { elapsedMs: performance.now() - start, ledgerUsdNanos: undefined } };
}

async function sendAll(
  workload: readonly DemoRequest[],
  sendOne: (request: DemoRequest) => Promise<Outcome>,
): Promise<Outcome[]> {
  const progress = createProgress(workload.length, process.stderr);
  const outcomes: Outcome[] = [];
  const queue = workload.values();
  const worker = async () => {
    for (const request of queue) {
      const outcome = await sendOne(request);
      outcomes.push(outcome);
      progress.update(outcome);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  progress.finish();
  return outcomes;
}

function toJson(bill: Bill, run: Run): string {
  return JSON.stringify({ ...run, ...bill }, (_key, value) => (typeof value === "bigint" ? Number(value) : value), 2);
}
