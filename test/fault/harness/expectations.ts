import { expect } from "vitest";
import { healthy } from "../provider/answers.ts";
import { answerTokens, textBetween } from "../provider/writing.ts";
import type { Bench, Cast, Told } from "./bench.ts";
import { billOf, expectHonestBill } from "./billing.ts";
import { type Role, roles } from "./fault-config.ts";
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

/** Where a stream broke and who went on with it. */
export interface Break {
  readonly from?: Role;
  readonly by?: Role;
  /** Tokens that had gone out. */
  readonly tokens: number;
  readonly method: "prompt" | "prefill";
}

/** The caller has the whole answer, though the first model broke off in it, and knows who went on where and how. */
export function expectContinued(told: Told, cast: Cast, { from = "primary", by = "secondary", tokens, method }: Break) {
  expectWhole(told, cast[by]);
  const afterCharacters = textBetween(0, tokens).length;
  expect(told.report?.continuations).toEqual([{ from: cast[from], to: cast[by], method, afterCharacters }]);
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
  expectHonestBill(bench, cast, told, bill);
  if (told.report && told.hasEndedCleanly) {
    expect(told.report.costUsdNanos).toBe(bill.reduce((sum, { costUsdNanos }) => sum + costUsdNanos, 0n));
  }
  await expectSpans(bench, told, tries);
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

/** The platform dropped every request of a model; a socket may close a moment after the caller has its answer. */
export async function expectDropped(bench: Bench, cast: Cast, role: Role): Promise<void> {
  const isDropped = () => bench.served(cast, role).map(({ isAbandoned }) => isAbandoned);
  const dropped = await until(isDropped, (all) => all.every(Boolean));
  expect(dropped).not.toEqual([]);
  expect(dropped).not.toContain(false);
}
