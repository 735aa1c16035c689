import { columns } from "../terminal/columns.ts";
import { count, percent, tokens, usd } from "../terminal/format.ts";
import { wrap } from "../terminal/wrap.ts";
import type { FrequentText, Repetition } from "./repetition.ts";
import { nearLikeness } from "./sketches/near-duplicates.ts";

const shown = 5;

/** What repeats in the log, as people read it: sections of lines. */
export function renderRepetition(repetition: Repetition | undefined): string[][] {
  if (!repetition) return [["What repeats", "  The log holds no prompts, so repetition cannot be told."]];
  return [duplicates(repetition), queries(repetition), systemPrompts(repetition)];
}

function duplicates({ prompts, duplicates }: Repetition): string[] {
  const { exact, near, exactCostUsdNanos, exactErrorRate, nearMemory } = duplicates;
  const reach =
    nearMemory === undefined ? "" : `; each compared with the ${count(nearMemory)} different ones before it`;
  return [
    `What repeats, of ${count(prompts)} requests with prompts`,
    `  ${percent(exact / prompts)} are the same, word by word, as one before: ${usd(exactCostUsdNanos)} of today's bill (${errorOf(exactErrorRate)})`,
    ...wrap(
      `  ${percent(near / prompts)} are near-duplicates of one before, those included (in the same context, with ${nearLikeness * 100}% ` +
        `of their runs of six characters in common, estimated to within 5 points${reach})`,
      "    ",
    ),
  ];
}

const errorOf = (rate: number) =>
  rate < 0.0001 ? "at most 0.01% too many" : `at most ${percent(rate)} of the others too many`;

function queries({ prompts, queries }: Repetition): string[] {
  const about = queries.isExact ? "" : "about ";
  return [
    "Top queries (the last user message, whatever stands before it)",
    `  The top 20% of ${about}${count(queries.distinct)} different queries are ${about}${percent(queries.topFifthShare)} of all requests`,
    ...list(queries.top, prompts),
  ];
}

function systemPrompts({ systemPrompts }: Repetition): string[] {
  const { requests, distinct, repeated, repeatedTokens, repeatedCostUsdNanos, top } = systemPrompts;
  if (requests === 0) return [];
  return [
    "Redundant system prompts",
    `  ${count(requests)} requests carry one of ${count(distinct)} system prompts; ${count(repeated)} times it had been sent before:`,
    `  about ${tokens(repeatedTokens)} input tokens, ${usd(repeatedCostUsdNanos)} at today's prices of uncached input`,
    ...list(top, requests),
  ];
}

function list(top: readonly FrequentText[], of: number): string[] {
  if (top.length === 0) return [];
  const rows = top
    .slice(0, shown)
    .map(({ text, count: times, error }) => [
      `  ${count(times)}${error > 0 ? ` to ${count(times + error)}` : ""}`,
      percent(times / of),
      text,
    ]);
  return columns([["  times", "share", ""], ...rows], { leftColumns: 0, leftFrom: 2 });
}
