import { LedgerEntry } from "@switchyard/contracts/budget/v1/budget";
import { describe, expect, it } from "vitest";
import { prefixReportJson, renderPrefixReport } from "./render.ts";
import { type PrefixTally, reasonOf, tallyPrefixes } from "./tally.ts";

interface Sent {
  readonly input?: number;
  readonly cached?: number;
  readonly prefix?: string;
  readonly atMinutes?: number;
}

/** The tally of requests that were sent in this order. */
function tallied(...sent: Sent[]): PrefixTally {
  const tallies = new Map<string, PrefixTally>();
  const entries = sent.map(({ input = 2_000, cached = 0, prefix = "same", atMinutes = 0 }) =>
    LedgerEntry.fromPartial({
      bookedAt: new Date(atMinutes * 60_000),
      caller: { feature: "search" },
      model: "m",
      provider: "openai",
      outcome: "ok",
      usage: { inputTokens: BigInt(input), cachedInputTokens: BigInt(cached), outputTokens: 5n },
      promptPrefix: prefix,
    }),
  );
  tallyPrefixes(tallies, entries);
  return tallies.get("search") ?? expect.unreachable();
}

const times = (number: number, of: (index: number) => Sent) => Array.from({ length: number }, (_, index) => of(index));

describe("the report on prefix caches", () => {
  it.each([
    ["works", times(10, (index) => ({ cached: index === 0 ? 0 : 1_920 }))],
    ["short", times(10, () => ({ input: 500 }))],
    ["no_prefix", times(10, () => ({ prefix: "" }))],
    ["changing", times(10, (index) => ({ prefix: `p${index}` }))],
    ["rare", times(10, (index) => ({ atMinutes: index * 20 }))],
    ["provider", times(10, (index) => ({ atMinutes: index }))],
  ] as const)("finds the reason: %s", (reason, sent) => {
    expect(reasonOf(tallied(...sent))).toBe(reason);
  });

  it("counts neither hits nor vectors", () => {
    const tallies = new Map<string, PrefixTally>();
    const usage = { inputTokens: 9n, outputTokens: 0n };
    tallyPrefixes(tallies, [
      LedgerEntry.fromPartial({ provider: "" }),
      LedgerEntry.fromPartial({ provider: "p", usage }),
    ]);
    expect(tallies.size).toBe(0);
    expect(renderPrefixReport([])).toBe("no request was sent to a provider\n");
  });

  it("says it in a table and in JSON", () => {
    const tally = tallied(...times(10, (index) => ({ prefix: `p${index}` })));
    expect(renderPrefixReport([tally])).toMatch(
      / {2}search +10 +20\.0k +0 +0\.0% +10 +what stands first changes: 10 beginnings/,
    );
    expect(JSON.parse(prefixReportJson([tally])).features).toEqual([
      expect.objectContaining({ feature: "search", beginnings: 10, reason: "changing" }),
    ]);
  });
});
