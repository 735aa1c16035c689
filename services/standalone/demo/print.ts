import type { Bill, Latency, TaskShare } from "./bill.ts";

/** What is known of a run beside its bill. */
export interface Run {
  readonly elapsedMs: number;
  /** What the platform's ledger says the run cost; undefined where it cannot be read. */
  readonly ledgerUsdNanos: bigint | undefined;
}

/** The bill as people read it. */
export function renderBill(bill: Bill, run: Run): string {
  return [
    headline(bill, run),
    ...(bill.failures.length > 0 ? [failures(bill)] : []),
    ...(bill.failed < bill.requests
      ? [notes(bill), money(bill, run), routeMix(bill), taskMix(bill), cache(bill), latencies(bill)]
      : []),
  ].join("\n\n");
}

function headline({ requests, repeats, failed }: Bill, { elapsedMs }: Run): string {
  return `${requests} requests (${repeats} of them word-for-word repeats) in ${(elapsedMs / 1000).toFixed(1)} s, ${failed} failed.`;
}

function failures({ failures }: Bill): string {
  return ["Failures", ...failures.map(({ message, count }) => `  ${count} x ${message}`)].join("\n");
}

function money(bill: Bill, { ledgerUsdNanos }: Run): string {
  const { costUsdNanos, baselineCostUsdNanos, savedByCacheUsdNanos, savedByRoutingUsdNanos } = bill;
  const saved = baselineCostUsdNanos - costUsdNanos;
  const ofBaseline = (amount: bigint) => percent(amount, baselineCostUsdNanos);
  const rows = [
    ["  Switchyard", usd(costUsdNanos)],
    [`  everything on ${bill.baselineModel}`, usd(baselineCostUsdNanos)],
    ["  saved", usd(saved), ofBaseline(saved)],
    ["    by cheaper models", usd(savedByRoutingUsdNanos), ofBaseline(savedByRoutingUsdNanos)],
    ["    by the cache", usd(savedByCacheUsdNanos), ofBaseline(savedByCacheUsdNanos)],
  ];
  if (ledgerUsdNanos !== undefined) {
    const agrees = ledgerUsdNanos === costUsdNanos ? "agrees" : "DISAGREES";
    // What a failed request cost stands in the ledger only: its error carries no report.
    rows.push(["  ledger", usd(ledgerUsdNanos), bill.failed === 0 ? agrees : "with failed requests"]);
  }
  return ["Bill", ...columns(rows)].join("\n");
}

function routeMix({ models, hits, requests, furtherAttempts }: Bill): string {
  const rows = [
    ["", "", "requests", "share", "input tokens", "output tokens", "cost"],
    ...models.map((share) => [
      `  ${share.tier}`,
      share.model,
      count(share.requests),
      percent(BigInt(share.requests), BigInt(requests)),
      count(share.inputTokens),
      count(share.outputTokens),
      usd(share.costUsdNanos),
    ]),
    [
      "  cache",
      "",
      count(hits.requests),
      percent(BigInt(hits.requests), BigInt(requests)),
      count(hits.inputTokens),
      count(hits.outputTokens),
      usd(0n),
    ],
  ];
  const further = furtherAttempts > 0 ? [`  ${furtherAttempts} further attempts (retries and fallbacks)`] : [];
  return ["Who answered", ...columns(rows, 2), ...further].join("\n");
}

function taskMix({ tasks }: Bill): string {
  const tier = (share: TaskShare, name: string) => (share.byTier[name] ? count(share.byTier[name]) : "-");
  const rows = [
    ["", "cache", "economy", "standard", "premium", "cost", "baseline", "task recognised"],
    ...tasks.map((share) => [
      `  ${share.task}`,
      ...["cache", "economy", "standard", "premium"].map((name) => tier(share, name)),
      usd(share.costUsdNanos),
      usd(share.baselineCostUsdNanos),
      `${share.recognised} of ${share.classified}`,
    ]),
  ];
  return ["By what the prompts were written as", ...columns(rows)].join("\n");
}

function cache({ hits, requests, repeats, reworded, failed, cacheVerdicts }: Bill): string {
  const meant = cacheVerdicts["hit-semantic"] ?? 0;
  const others = Object.entries(cacheVerdicts).filter(([verdict]) => verdict !== "miss" && !verdict.startsWith("hit"));
  return [
    "Cache",
    `  ${hits.requests} of ${requests - failed} answers came from it (${percent(BigInt(hits.requests), BigInt(requests - failed))}); ${repeats} requests were repeats.`,
    ...(reworded > 0 || meant > 0
      ? [
          `  ${meant} hits meant the same as an earlier request (hit-semantic); ${reworded} repeats were in other words.`,
        ]
      : []),
    ...(hits.requests > repeats
      ? [
          `  ${hits.requests - repeats} were stored before this run began: a platform that is new to them would have cost more.`,
        ]
      : []),
    ...others.map(([verdict, of]) => `  ${verdict}: ${of}`),
  ].join("\n");
}

function latencies(bill: Bill): string {
  const row = (name: string, { count: of, p50Ms, p95Ms }: Latency) =>
    of === 0 ? [] : [[`  ${name}`, milliseconds(p50Ms), milliseconds(p95Ms), count(of)]];
  return [
    "Latency in milliseconds, as the client saw it",
    ...columns([
      ["", "p50", "p95", "requests"],
      ...row("whole answer, from a model", bill.missLatency),
      ...row("whole answer, from cache", bill.hitLatency),
      ...row("first token of a stream, from a model", bill.missFirstToken),
      ...row("first token of a stream, from cache", bill.hitFirstToken),
      ...row("inside the platform, of either", bill.overhead),
    ]),
  ].join("\n");
}

function notes({ isSimulated, baselineModel }: Bill): string {
  const simulated =
    "SIMULATED: no provider was called. Answers, their lengths and the latencies of models are made up by the built-in\n" +
    "simulator; the money is those token counts at the list prices of the configuration.\n";
  return `${isSimulated ? simulated : "Costs are the provider's token counts at the prices of the configuration.\n"}\
The baseline is the same token counts at the price of ${baselineModel}. Whether the answers are as good is not measured here.`;
}

/** Dollars, with as many digits as small amounts need. */
export function usd(nanos: bigint): string {
  const dollars = Number(nanos) / 1e9;
  return `$${dollars.toFixed(Math.abs(dollars) >= 100 ? 2 : 4)}`;
}

function percent(part: bigint, whole: bigint): string {
  return whole === 0n ? "0.0%" : `${((Number(part) / Number(whole)) * 100).toFixed(1)}%`;
}

const count = (value: number) => value.toLocaleString("en-US");
const milliseconds = (value: number) => value.toLocaleString("en-US", { maximumFractionDigits: value < 10 ? 1 : 0 });

/** Rows as aligned lines: the first columns to the left, numbers to the right. */
function columns(rows: readonly (readonly string[])[], leftColumns = 1): string[] {
  const widthOf = (at: number) => Math.max(...rows.map((row) => row[at]?.length ?? 0));
  const widths = Array.from({ length: Math.max(...rows.map(({ length }) => length)) }, (_, at) => widthOf(at));
  return rows.map((row) =>
    row
      .map((cell, at) => (at < leftColumns ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
