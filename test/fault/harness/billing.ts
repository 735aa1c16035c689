import type { LedgerEntry } from "@switchyard/contracts/budget/v1/budget";
import { estimateTokens } from "@switchyard/text";
import { expect } from "vitest";
import type { Served } from "../provider/served.ts";
import type { Bench, Cast, Told } from "./bench.ts";
import { prices, type Role, roles } from "./fault-config.ts";
import { until } from "./until.ts";

/** The ledger's lines of a request, once it is settled. */
export async function billOf(bench: Bench, { feature }: Told, lines: number): Promise<LedgerEntry[]> {
  const read = async () => (await ledgerOf(bench)).filter(({ caller }) => caller?.feature === feature);
  return until(read, (entries) => entries.length >= lines);
}

/**
 * The request is settled; of attempts that brought nothing, only those are billed that the caller's deadline cut, and those as
 * read: whoever hangs up does not learn what the provider counts.
 */
export async function expectOnlyReadingBilled(bench: Bench, told: Told): Promise<void> {
  const bill = await billOf(bench, told, 1);
  expect(bill.length).toBeGreaterThan(0);
  for (const { outcome, usage, usageEstimated } of bill.filter(({ costUsdNanos }) => costUsdNanos !== 0n)) {
    expect({ outcome, outputTokens: usage?.outputTokens, usageEstimated }).toEqual({
      outcome: "DEADLINE_EXCEEDED",
      outputTokens: 0n,
      usageEstimated: true,
    });
  }
}

/** Each line of a bill is what the provider says of the request that it stands for, at the price of the model asked. */
export function expectHonestBill(bench: Bench, cast: Cast, told: Told, bill: readonly LedgerEntry[]): void {
  for (const role of roles) {
    const lines = bill.filter(({ model }) => model === cast[role]);
    for (const { usage, costUsdNanos } of lines) expect(costUsdNanos).toBe(priceOf(role, usage));
    const billed = lines.filter(hasWords);
    const served = bench.served(cast, role).filter((one) => one.arrivedMs >= told.askedMs && isBillable(one));
    expect(billed.map(({ model }) => model)).toEqual(served.map(({ model }) => model));
    served.forEach((one, index) => {
      expectHonestLine(one, billed[index], told);
    });
  }
  const isOfUse = ({ model, outcome }: LedgerEntry) =>
    outcome === "ok" || (told.hasEndedCleanly && serves(told, model, outcome));
  expect(bill.map(({ wasted }) => wasted)).toEqual(bill.map((entry) => !isOfUse(entry)));
  expectToldUsage(told, bill);
}

/** All that the fault provider served is in the ledger, and nothing else is. */
export async function expectAccounts(bench: Bench): Promise<void> {
  const owed = () => accountsBy(bench.servedInAll(), ({ model }) => model, inputAndOutputServed);
  const read = async () =>
    accountsBy(
      (await ledgerOf(bench)).filter(hasWords),
      ({ model }) => model,
      ({ usage, usageEstimated }): Sums => ({
        input: usageEstimated ? 0 : Number(usage?.inputTokens),
        output: usageEstimated ? 0 : Number(usage?.outputTokens),
        counted: usageEstimated ? 1 : 0,
      }),
    );
  const isSettled = (booked: Accounts) => JSON.stringify(booked) === JSON.stringify(owed());
  const booked = await until(read, isSettled);
  expect(booked).toEqual(owed());
}

interface Sums {
  /** Tokens of which the provider told. */
  readonly input: number;
  readonly output: number;
  /** Answers that broke off before it did. */
  readonly counted: number;
}

type Accounts = readonly (readonly [model: string, sums: Sums])[];

/** Sums by model, in the order of the models' names, those that used nothing left out. */
function accountsBy<T>(all: readonly T[], modelOf: (one: T) => string, sumsOf: (one: T) => Sums): Accounts {
  const sums = new Map<string, Sums>();
  for (const one of all) {
    const { input, output, counted } = sums.get(modelOf(one)) ?? { input: 0, output: 0, counted: 0 };
    const more = sumsOf(one);
    sums.set(modelOf(one), {
      input: input + more.input,
      output: output + more.output,
      counted: counted + more.counted,
    });
  }
  return [...sums]
    .filter(([, { input, output, counted }]) => input + output + counted > 0)
    .sort(([one], [other]) => one.localeCompare(other));
}

function inputAndOutputServed(served: Served): Sums {
  if (!isBillable(served)) return { input: 0, output: 0, counted: 0 };
  return hasTold(served)
    ? { input: served.promptTokens, output: served.completionTokens, counted: 0 }
    : { input: 0, output: 0, counted: 1 };
}

/** Whether the provider told its usage to somebody who was still there. */
const hasTold = ({ hasReportedUsage, isAbandoned }: Served) => hasReportedUsage && !isAbandoned;

/** An attempt that was dropped for another before it said anything is billed for what it was made to read. */
const hasWords = ({ usage, usageEstimated }: LedgerEntry) =>
  usage !== undefined && !(usageEstimated && usage.outputTokens === 0n);

/** A whole answer that broke off leaves nothing to count. */
const isBillable = (served: Served) => hasTold(served) || served.streamedText !== "";

function expectHonestLine(served: Served, line: LedgerEntry | undefined, told: Told): void {
  const tokens = { input: Number(line?.usage?.inputTokens), output: Number(line?.usage?.outputTokens) };
  expect(line?.usageEstimated).toBe(!hasTold(served));
  if (hasTold(served)) {
    expect(tokens).toEqual({ input: served.promptTokens, output: served.completionTokens });
    return;
  }
  const asked = served.messages.reduce((sum, { content }) => sum + estimateTokens(content ?? "") + 4, 3);
  expect(tokens.input).toBe(asked);
  // A caller who hangs up may overtake the last words.
  const overtaken = told.error?.reason === "CANCELLED" || told.error?.reason === "DEADLINE_EXCEEDED";
  const written = estimateTokens(served.streamedText);
  expect(tokens.output).toBeLessThanOrEqual(written);
  expect(tokens.output).toBeGreaterThanOrEqual(overtaken ? 1 : written);
}

/** Whether an attempt's words are in the answer: it brought it to its end, or another went on behind them. */
const serves = (told: Told, model: string, outcome: string) =>
  outcome === "ok" || (told.report?.continuations.some(({ from }) => from === model) ?? false);

/** The caller is told of the tokens of everything that is in its answer. */
function expectToldUsage(told: Told, bill: readonly LedgerEntry[]): void {
  if (!told.hasEndedCleanly || bill.length === 0) return;
  const inAnswer = bill.filter(({ model, outcome }) => serves(told, model, outcome));
  // Over gRPC the answer speaks only of what its provider told; the report has the rest.
  const isUntold = told.way.protocol === "grpc" && inAnswer.length === 1 && inAnswer[0]?.usageEstimated;
  if (isUntold && told.usage === undefined) return;
  expect(told.usage).toEqual({
    inputTokens: inAnswer.reduce((sum, { usage }) => sum + Number(usage?.inputTokens ?? 0n), 0),
    outputTokens: inAnswer.reduce((sum, { usage }) => sum + Number(usage?.outputTokens ?? 0n), 0),
  });
}

function priceOf(role: Role, usage: LedgerEntry["usage"]): bigint {
  const { input, output } = prices[role];
  return BigInt((Number(usage?.inputTokens ?? 0n) * input + Number(usage?.outputTokens ?? 0n) * output) * 1_000);
}

async function ledgerOf({ network }: Bench): Promise<LedgerEntry[]> {
  const { entries } = await network.budget.listLedger({ tenant: "acme", afterSequence: 0n, pageSize: 10_000 });
  return entries;
}
