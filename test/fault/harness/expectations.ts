import type { LedgerEntry } from "@switchyard/contracts/budget/v1/budget";
import { estimateTokens } from "@switchyard/text";
import { expect } from "vitest";
import { healthy } from "../provider/answers.ts";
import { answerTokens, textBetween } from "../provider/writing.ts";
import type { Bench, Cast, Told } from "./bench.ts";
import { prices, type Role, roles } from "./fault-config.ts";
import { until } from "./until.ts";

/** An attempt: the model asked and how that ended. */
export type Try = readonly [model: string, outcome: string];

/** The caller has the whole answer, of this model, and is told so. */
export function expectWhole(told: Told, model: string): void {
  expect(told.error).toBeUndefined();
  expect(told).toMatchObject({
    text: textBetween(0, answerTokens),
    finishReason: "stop",
    hasEndedCleanly: true,
    report: { model },
  });
}

/** The caller has the whole answer, though the first model broke off in it, and knows who went on where and how. */
export function expectContinued(told: Told, cast: Cast, tokens: number, method: string, by: Role = "secondary"): void {
  expectWhole(told, cast[by]);
  const afterCharacters = textBetween(0, tokens).length;
  expect(told.report?.continuations).toEqual([{ from: cast.primary, to: cast[by], method, afterCharacters }]);
  expect(told.newsAt).toEqual([afterCharacters]);
}

/** The caller has the beginning of an answer and knows that it is no more than that. */
export function expectBroken(told: Told, tokens: number): void {
  expect(told).toMatchObject({
    text: textBetween(0, tokens),
    finishReason: undefined,
    hasEndedCleanly: false,
    error: { reason: "UPSTREAM_BROKEN_ANSWER" },
  });
}

/**
 * The attempts of a request are these, by everyone who tells of them: the report, the ledger, and the spans. The ledger's
 * amounts are those of the provider's own ledger.
 */
export async function expectTries(bench: Bench, cast: Cast, told: Told, tries: readonly Try[]): Promise<void> {
  if (told.report && told.hasEndedCleanly) {
    expect(told.report.attempts.map(({ model, outcome }) => [model, outcome])).toEqual(tries);
  }
  const bill = await billOf(bench, told, tries.length);
  expect(bill.map(({ model, outcome }) => [model, outcome])).toEqual(tries);
  for (const entry of bill) expectHonest(bench, cast, told, entry);
  if (told.report && told.hasEndedCleanly) {
    expect(told.report.costUsdNanos).toBe(bill.reduce((sum, { costUsdNanos }) => sum + costUsdNanos, 0n));
  }
  await expectSpans(bench, told, tries);
}

/** The ledger's lines of a request, once it is settled. */
export async function billOf({ network }: Bench, { feature }: Told, lines: number): Promise<LedgerEntry[]> {
  const read = async () => {
    const { entries } = await network.budget.listLedger({ tenant: "acme", afterSequence: 0n, pageSize: 10_000 });
    return entries.filter(({ caller }) => caller?.feature === feature);
  };
  return until(read, (entries) => entries.length >= lines);
}

/** A line of the bill against what the provider says it served. */
function expectHonest(bench: Bench, cast: Cast, told: Told, entry: LedgerEntry): void {
  const { usage, outcome, model, usageEstimated, costUsdNanos } = entry;
  const role = roles.find((one) => cast[one] === model) ?? "primary";
  const served = bench.served(cast, role).filter(({ arrivedMs }) => arrivedMs >= told.askedMs);
  const answer = served.findLast(({ hasReportedUsage }) => hasReportedUsage);
  if (outcome === "ok" && answer) {
    expect(usageEstimated).toBe(false);
    expect([usage?.inputTokens, usage?.outputTokens]).toEqual([
      BigInt(answer.promptTokens),
      BigInt(answer.completionTokens),
    ]);
    if (told.usage) expect(told.usage.outputTokens).toBe(answer.completionTokens);
  } else if (outcome === "ok" || (usage !== undefined && told.text !== "")) {
    // The provider never said; what the caller heard is what is counted.
    expect(usageEstimated).toBe(true);
    expect(Number(usage?.outputTokens)).toBeGreaterThanOrEqual(estimateTokens(told.text));
    const sent = served.reduce((sum, { completionTokens }) => sum + completionTokens, 0);
    expect(Number(usage?.outputTokens)).toBeLessThanOrEqual(Math.ceil(sent * 1.1));
  } else {
    expect([model, outcome, usage, costUsdNanos]).toEqual([model, outcome, undefined, 0n]);
  }
  const { input, output } = prices[role];
  const tokensAtPrice = Number(usage?.inputTokens ?? 0n) * input + Number(usage?.outputTokens ?? 0n) * output;
  expect(costUsdNanos).toBe(BigInt(tokensAtPrice * 1_000));
}

/** Every attempt is a span, in order, and the failed ones carry their reason. */
async function expectSpans(bench: Bench, told: Told, tries: readonly Try[]): Promise<void> {
  const attempts = () =>
    bench.network.otlp
      .spans()
      .filter(({ traceId, name }) => traceId === told.traceId && name === "attempt")
      .map(({ attributes }): Try => [String(attributes["switchyard.model"]), String(attributes["error.type"] ?? "ok")]);
  expect(await until(attempts, (seen) => seen.length >= tries.length)).toEqual(tries);
}

/**
 * Asked again, the provider is asked again: nothing was kept, neither of a broken answer nor of a second-best one. From then
 * on every model of the cast is healthy.
 */
export async function expectNotCached(bench: Bench, cast: Cast, told: Told, role: Role = "primary"): Promise<void> {
  for (const one of roles) bench.direct(cast, one, healthy());
  const before = bench.served(cast).length;
  const second = await bench.ask(told.way, cast, { role });
  expect(second.hasEndedCleanly).toBe(true);
  // A busy machine's cache may be too late to be asked; what it must not do is to have the answer.
  expect(second.report?.cache).not.toBe("hit");
  expect(bench.served(cast).length).toBeGreaterThan(before);
}

/** Asked again, the whole answer comes from the cache and the provider is left alone. */
export async function expectCached(bench: Bench, cast: Cast, told: Told): Promise<void> {
  const again = () => bench.ask(told.way, cast);
  const second = await until(again, ({ report }) => report?.cache === "hit");
  expect(second).toMatchObject({ text: told.text, report: { cache: "hit" } });
  const before = bench.served(cast).length;
  await again();
  expect(bench.served(cast)).toHaveLength(before);
}

/** The request is settled, and costs nothing. */
export async function expectNothingBilled(bench: Bench, told: Told): Promise<void> {
  const bill = await billOf(bench, told, 1);
  expect(bill.length).toBeGreaterThan(0);
  expect(bill.filter(({ costUsdNanos }) => costUsdNanos !== 0n)).toEqual([]);
}

/** The platform dropped every request of a model; a socket may close a moment after the caller has its answer. */
export async function expectDropped(bench: Bench, cast: Cast, role: Role): Promise<void> {
  const isDropped = () => bench.served(cast, role).map(({ isAbandoned }) => isAbandoned);
  const dropped = await until(isDropped, (all) => all.every(Boolean));
  expect(dropped).not.toEqual([]);
  expect(dropped).not.toContain(false);
}
