import { setTimeout as sleep } from "node:timers/promises";
import {
  type BudgetServiceDefinition,
  type LedgerEntry,
  ListLedgerRequest,
} from "@switchyard/contracts/budget/v1/budget";
import type { Client } from "@switchyard/rpc";
import type { Counter } from "./counters.ts";
import { callDirectly, type DirectRequest } from "./direct-calls.ts";
import { type Fault, planFaults, type StoreName } from "./faults.ts";
import { type Estimates, estimatesOf, judgeBooks, servedByQuestion } from "./judge-round.ts";
import { type Platform, startPlatform } from "./platform.ts";
import { ask, type Question } from "./questions.ts";
import { randomOf } from "./random.ts";
import { watchLimits } from "./watch.ts";

export interface RoundOptions {
  readonly store: StoreName;
  /** Whether Redis' masters refuse to write without a replica, as is recommended. */
  readonly isGuarded: boolean;
  readonly seed: number;
  readonly durationMs: number;
  /** Callers through the routers, and callers of the budget service itself. */
  readonly clients: number;
  readonly directs: number;
}

export interface RoundReport {
  /** What was wrong; empty: nothing. */
  readonly wrong: readonly string[];
  readonly faults: readonly Fault[];
  /** Questions by how they ended for their callers. */
  readonly questions: Readonly<Record<Question["end"], number>>;
  readonly directRequests: number;
  readonly served: number;
  readonly lines: Readonly<Record<string, number>>;
  readonly estimates: Estimates;
  readonly looks: { readonly seen: number; readonly away: number };
  readonly failovers: number;
}

const quietMs = 60_000;
/** Longer than the budget service's pause between two sweeps. */
const sweptMs = 6_000;

/** Plays one round on a platform of its own: a while of load and faults, then quiet, then the books. */
export async function runRound(options: RoundOptions): Promise<RoundReport> {
  const { store, seed, durationMs } = options;
  const faults = planFaults(store, durationMs, randomOf(seed));
  const platform = await startPlatform(options, randomOf(seed + 1));
  try {
    return await play(platform, faults, options);
  } finally {
    await platform.stop();
  }
}

async function play(platform: Platform, faults: readonly Fault[], options: RoundOptions): Promise<RoundReport> {
  const { seed, durationMs, clients, directs } = options;
  const watch = watchLimits(platform.counters, 50);
  const questions: Question[][] = Array.from({ length: clients }, () => []);
  const directRequests: DirectRequest[][] = Array.from({ length: directs }, () => []);
  const startedMs = Date.now();
  const isOver = () => Date.now() - startedMs > durationMs;
  const randomFor = (name: number) => randomOf(seed + 100 + name);
  const load = [
    ...questions.map((asked, name) => ask({ platform, random: randomFor(name), isOver }, name, asked)),
    ...directRequests.map((made, name) =>
      callDirectly({ platform, random: randomFor(clients + name), isOver }, name, made),
    ),
  ];
  const strikes = strikeAll(platform, faults, startedMs);
  // Unhandled, a failure of one would end the process while the other is waited for.
  await Promise.all([Promise.all(load), strikes]);
  await platform.drainRouters();
  const counters = await quiet(platform);
  const wrong = await watch.stop();
  const ledgers = await Promise.allSettled(platform.budgets.map((budget) => again(() => readLedger(budget))));
  const unreachable = ledgers.flatMap(({ status }, index) =>
    status === "rejected" ? [`budget ${index} does not find its store again`] : [],
  );
  const ledger = ledgers.find((read) => read.status === "fulfilled")?.value ?? [];
  const days = new Date(startedMs).getUTCDate() === new Date().getUTCDate() ? 1 : 2;
  const { simulator } = platform;
  const evidence = { questions: questions.flat(), directs: directRequests.flat(), ledger, counters, days, simulator };
  const books = judgeBooks(evidence);
  return {
    wrong: [...wrong, ...unreachable, ...books],
    faults,
    questions: countBy(evidence.questions.map(({ end }) => end)) as RoundReport["questions"],
    directRequests: evidence.directs.length,
    served: [...servedByQuestion(simulator).values()].flat().length,
    lines: countBy(ledger.map(({ outcome }) => outcome)),
    estimates: estimatesOf(evidence),
    looks: watch.looks(),
    failovers: await platform.failovers(),
  };
}

async function strikeAll(platform: Platform, faults: readonly Fault[], startedMs: number): Promise<void> {
  const strikes: Promise<void>[] = [];
  for (const { atMs, victim, awayMs } of faults) {
    await sleep(Math.max(0, startedMs + atMs - Date.now()));
    strikes.push(platform.strike(victim, awayMs));
  }
  await Promise.all(strikes);
}

/** A busy machine may be too slow once; what is up again answers in the end. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  const end = Date.now() + quietMs;
  while (true) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(500);
    }
  }
}

/** Waits until every lease has ended and sweeps have booked what was left. */
async function quiet({ counters }: Platform): Promise<readonly Counter[]> {
  const end = Date.now() + quietMs;
  while (Date.now() < end) {
    const before = await counters.read();
    await sleep(sweptMs);
    const after = await counters.read();
    if (!before || !after || after.some(({ reserved }) => reserved !== 0)) continue;
    if (JSON.stringify(before) === JSON.stringify(after)) return after;
  }
  return (await counters.read()) ?? [];
}

async function readLedger(budget: Client<BudgetServiceDefinition>): Promise<LedgerEntry[]> {
  const all: LedgerEntry[] = [];
  for (let after = 0n; ; ) {
    const { entries } = await budget.listLedger(
      ListLedgerRequest.fromPartial({ afterSequence: after, pageSize: 1_000 }),
    );
    all.push(...entries);
    const last = entries.at(-1);
    if (last === undefined) return all;
    after = last.sequence;
  }
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
