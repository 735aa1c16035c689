import { columns } from "../terminal/columns.ts";
import { count, percent, tokens } from "../terminal/format.ts";
import { leastTokens, type PrefixTally, type Reason, reasonOf } from "./tally.ts";

const advice: Readonly<Record<Reason, (tally: PrefixTally) => string>> = {
  works: () => "works",
  short: ({ short }) =>
    `${count(short)} prompts are shorter than ${count(leastTokens)} tokens: no provider keeps those`,
  no_prefix: ({ bare }) =>
    `${count(bare)} prompts begin with the turn itself: put what they share into a system message`,
  changing: ({ prefixes, requests, bare }) =>
    `what stands first changes: ${count(prefixes.size)} beginnings in ${count(requests - bare)} requests; move dates, names and ids behind it`,
  rare: ({ repeated, requests, short }) =>
    `too rare: ${count(repeated)} of ${count(requests - short)} long prompts came within five minutes of one that began alike`,
  provider: ({ silent, speaking }) => {
    const never = [...silent].filter((provider) => !speaking.has(provider));
    return never.length > 0
      ? `${never.join(", ")} reports nothing read from cache`
      : "prompts that begin alike are not found: several keys or servers may share them; set promptCacheKey where it is taken";
  },
};

const byInput = (one: PrefixTally, other: PrefixTally) => other.inputTokens - one.inputTokens;

/** The report as people read it, the feature with the most input first. */
export function renderPrefixReport(tallies: readonly PrefixTally[]): string {
  if (tallies.length === 0) return "no request was sent to a provider\n";
  const rows = tallies.toSorted(byInput).map((tally) => {
    const { feature, requests, inputTokens, cachedInputTokens, prefixes } = tally;
    const plain = feature.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?").slice(0, 40);
    return [
      `  ${plain || "(none)"}`,
      count(requests),
      tokens(inputTokens),
      tokens(cachedInputTokens),
      inputTokens > 0 ? percent(cachedInputTokens / inputTokens) : "",
      count(prefixes.size),
      advice[reasonOf(tally)](tally),
    ];
  });
  const head = ["  feature", "requests", "input", "cached", "share", "beginnings", "why"];
  const title = "Input that providers read from their prefix caches";
  return `${[title, ...columns([head, ...rows], { leftFrom: 6 })].join("\n")}\n`;
}

/** The same as JSON. */
export function prefixReportJson(tallies: readonly PrefixTally[]): string {
  const features = tallies.toSorted(byInput).map((tally) => ({
    feature: tally.feature,
    requests: tally.requests,
    inputTokens: tally.inputTokens,
    cachedInputTokens: tally.cachedInputTokens,
    shortRequests: tally.short,
    requestsWithoutPrefix: tally.bare,
    beginnings: tally.prefixes.size,
    repeatedRequests: tally.repeated,
    reason: reasonOf(tally),
    advice: advice[reasonOf(tally)](tally),
  }));
  return `${JSON.stringify({ features }, undefined, 2)}\n`;
}
