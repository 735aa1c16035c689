import type { LedgerEntry } from "@switchyard/contracts/budget/v1/budget";
import type { Served, Simulator } from "@switchyard/service-simulator";
import { allowedFor, directTenant, organisation } from "./chaos-config.ts";
import type { Counter } from "./counters.ts";
import type { DirectRequest } from "./direct-calls.ts";
import type { Question } from "./questions.ts";

/** All that is known when everything is quiet. */
export interface Evidence {
  readonly questions: readonly Question[];
  readonly directs: readonly DirectRequest[];
  readonly ledger: readonly LedgerEntry[];
  readonly counters: readonly Counter[];
  readonly simulator: Simulator;
  /** Days of the calendar that the round touched. */
  readonly days: number;
}

/** What is wrong with the books; empty: nothing. */
export function judgeBooks(evidence: Evidence): string[] {
  const { questions, directs, ledger } = evidence;
  const byQuestion = Map.groupBy(ledger, questionOf);
  const byRequest = Map.groupBy(ledger, ({ caller, requestId }) => `${caller?.tenant} ${requestId}`);
  const served = servedByQuestion(evidence.simulator);
  return [
    ...[...byRequest.values()].flatMap(judgeRequest),
    ...questions.flatMap((question) =>
      judgeQuestion(question, byQuestion.get(question.id) ?? [], served.get(question.id) ?? []),
    ),
    ...directs.flatMap((direct) => judgeDirect(direct, byRequest.get(`${directTenant} ${direct.id}`) ?? [])),
    ...judgeCounters(evidence),
    ...judgeTruth(evidence, byQuestion, served),
  ];
}

/** Tokens, input and output. */
export const tokensOf = ({ usage }: Pick<LedgerEntry, "usage">) =>
  usage ? Number(usage.inputTokens + usage.outputTokens) : 0;

const tokensServed = ({ promptTokens, completionTokens }: Served) => promptTokens + completionTokens;

const questionOf = ({ caller }: LedgerEntry) => caller?.labels.question ?? "";

const isEstimated = ({ usage, usageEstimated }: LedgerEntry) => usage !== undefined && usageEstimated;

type ByQuestion<T> = ReadonlyMap<string, readonly T[]>;

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

/** What the provider served, by the question in its prompt; what it refused is left out. */
export function servedByQuestion(simulator: Simulator): Map<string, Served[]> {
  const questionOf = new Map<number, string>();
  for (const { sequence, body } of simulator.requests()) {
    const [, id = ""] = /Question (q[0-9-]+\.)/.exec(JSON.stringify(body)) ?? [];
    questionOf.set(sequence, id);
  }
  const billed = simulator.served().filter(({ promptTokens }) => promptTokens > 0);
  return Map.groupBy(billed, ({ sequence }) => questionOf.get(sequence) ?? "");
}

/** Every request is presumed once at most, and what was presumed is corrected in full or not at all. */
function judgeRequest(lines: readonly LedgerEntry[]): string[] {
  const id = lines[0]?.requestId;
  const of = (outcome: string) => lines.filter((line) => line.outcome === outcome);
  const [presumed, corrected] = [of("presumed"), of("corrected")];
  const settled = lines.length - presumed.length - corrected.length;
  const wrong: string[] = [];
  if (presumed.length > 1 || corrected.length > 1) wrong.push(`${id} was presumed or corrected more than once`);
  if (corrected.length === 1 && sum([...presumed, ...corrected].map(tokensOf)) !== 0) {
    wrong.push(`${id}: what was corrected is not what was presumed`);
  }
  if (settled > 0 && presumed.length !== corrected.length) wrong.push(`${id} was settled and stays presumed too`);
  return wrong;
}

/** A question is booked as it was served, to the token; where nobody was left to say so, with no less. */
function judgeQuestion({ id, end }: Question, lines: readonly LedgerEntry[], served: readonly Served[]): string[] {
  const settled = lines.filter(({ outcome }) => outcome !== "presumed" && outcome !== "corrected");
  const servedTokens = sum(served.map(tokensServed));
  const booked = sum(lines.map(tokensOf));
  const context = `${id} (${end}): served ${servedTokens}, booked ${booked} as ${outcomes(lines)}`;
  if (new Set(lines.map(({ requestId }) => requestId)).size > 1) return [`${context}, under more than one request`];
  if (settled.length === 0) return booked < servedTokens ? [context] : [];
  const told = settled.filter(({ usage, usageEstimated }) => usage !== undefined && !usageEstimated);
  const estimated = settled.filter(isEstimated);
  const left = served.map(({ promptTokens, completionTokens, completed }) =>
    completed ? `${promptTokens}+${completionTokens}` : "cut off",
  );
  for (const { usage } of told) {
    const at = left.indexOf(`${usage?.inputTokens}+${usage?.outputTokens}`);
    if (at < 0) return [`${context}: a line of ${usage?.inputTokens}+${usage?.outputTokens} tokens was never served`];
    left.splice(at, 1);
  }
  if (end === "answered" && estimated.length > 0) return [`${context}: estimated, though the caller has the answer`];
  if (end === "answered" && booked !== servedTokens) return [context];
  // Nobody waits for the provider's figures once a caller has hung up: they are estimated. A request that the provider never
  // got is counted as read too, for who hangs up that early cannot know.
  const perhapsRead = estimated.filter(
    ({ usage, outcome }) => ["CANCELLED", "DEADLINE_EXCEEDED"].includes(outcome) && usage?.outputTokens === 0n,
  );
  return estimated.length - perhapsRead.length > left.length || estimated.length < left.length ? [context] : [];
}

function judgeDirect({ id, allowed, contradiction }: DirectRequest, lines: readonly LedgerEntry[]): string[] {
  const booked = sum(lines.map(tokensOf));
  const wrong = contradiction === undefined ? [] : [`${id}: ${contradiction}`];
  if (!allowed.includes(booked))
    wrong.push(`${id}: booked ${booked} as ${outcomes(lines)}, not ${allowed.join(" or ")}`);
  return wrong;
}

const outcomes = (lines: readonly LedgerEntry[]) => `[${lines.map(({ outcome }) => outcome).join(", ")}]`;

/** The counters hold what the ledger's lines sum up to, and nothing is reserved any more. */
function judgeCounters({ ledger, counters }: Evidence): string[] {
  const booked = new Map<string, number>();
  for (const line of ledger) {
    const { tenant = "", user = "" } = line.caller ?? {};
    for (const scope of [`organisation/${organisation}`, `tenant/${tenant}`, `user/${tenant}/${user}`]) {
      booked.set(scope, (booked.get(scope) ?? 0) + tokensOf(line));
    }
  }
  const used = new Map<string, number>();
  for (const counter of counters) used.set(counter.scope, (used.get(counter.scope) ?? 0) + counter.used);
  const wrong = [...booked].flatMap(([scope, tokens]) =>
    tokens === (used.get(scope) ?? 0)
      ? []
      : [`${scope} counts ${used.get(scope)} tokens, its lines sum up to ${tokens}`],
  );
  const held = counters.filter(({ reserved }) => reserved !== 0);
  return [...wrong, ...held.map(({ scope, reserved }) => `${scope} still holds ${reserved} reserved`)];
}

/**
 * What was really served stays within the limits too. Of a request whose caller hung up, what was booked is taken: it is
 * estimated, see {@link estimatesOf}.
 */
function judgeTruth(
  { questions, days }: Evidence,
  booked: ByQuestion<LedgerEntry>,
  served: ByQuestion<Served>,
): string[] {
  const spent = new Map<string, number>();
  for (const { id, tenant, user } of questions) {
    const lines = booked.get(id) ?? [];
    const tokens = lines.some(isEstimated) ? sum(lines.map(tokensOf)) : sum((served.get(id) ?? []).map(tokensServed));
    for (const scope of [`organisation/${organisation}`, `tenant/${tenant}`, `user/${tenant}/${user}`]) {
      spent.set(scope, (spent.get(scope) ?? 0) + tokens);
    }
  }
  return [...spent].flatMap(([scope, tokens]) => {
    const most = (allowedFor(scope) ?? Number.POSITIVE_INFINITY) * days;
    return tokens > most ? [`${scope} was served ${tokens} tokens, allowed are ${most}`] : [];
  });
}

/** How far the books are from what was served where they had to be estimated, in tokens. */
export interface Estimates {
  readonly requests: number;
  readonly above: number;
  readonly below: number;
}

export function estimatesOf({ questions, ledger, simulator }: Omit<Evidence, "directs" | "counters">): Estimates {
  const booked = Map.groupBy(ledger, questionOf);
  const served = servedByQuestion(simulator);
  const estimated = questions.filter(({ id }) => booked.get(id)?.some(isEstimated));
  const gaps = estimated.map(
    ({ id }) => sum((booked.get(id) ?? []).map(tokensOf)) - sum((served.get(id) ?? []).map(tokensServed)),
  );
  return {
    requests: estimated.length,
    above: sum(gaps.filter((gap) => gap > 0)),
    below: -sum(gaps.filter((gap) => gap < 0)),
  };
}
