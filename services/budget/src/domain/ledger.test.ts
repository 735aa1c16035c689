import { describe, expect, it } from "vitest";
import { attempt, settlement } from "../testing/budget-store-fixture.ts";
import { linesOf } from "./ledger.ts";
import { totalsOf } from "./totals.ts";

describe("the lines of a request", () => {
  it("call wasted what did not serve the answer", () => {
    const lines = linesOf(
      settlement("r1", [
        attempt({ outcome: "UPSTREAM_BROKEN_ANSWER", tokens: 40, cost: 4 }),
        attempt({ tokens: 10, cost: 1 }),
      ]),
    );
    expect(lines.map(({ wasted }) => wasted)).toEqual([true, false]);
  });

  it("do not call wasted what another attempt went on with, for its words are in the answer", () => {
    const begun = attempt({ outcome: "UPSTREAM_BROKEN_ANSWER", tokens: 40, cost: 4, continued: true });
    const lines = linesOf(settlement("r1", [begun, attempt({ tokens: 10, cost: 1 })]));
    expect(lines.map(({ wasted, requestCount }) => [wasted, requestCount])).toEqual([
      [false, 0],
      [false, 1],
    ]);
    const unanswered = linesOf(settlement("r2", [begun], { model: "" }));
    expect(unanswered.map(({ wasted }) => wasted)).toEqual([true]);
  });

  it("tell of a request that shared the answer of another as of one that was the same", () => {
    const [line] = linesOf(
      settlement("r1", [], { cacheVerdict: "CACHE_VERDICT_COALESCED", baselineCostUsdNanos: 90n }),
    );
    expect(line).toMatchObject({ costUsdNanos: 0n, baselineCostUsdNanos: 90n, requestCount: 1 });
    expect(line && totalsOf(line)).toMatchObject({ requests: 1n, exactHits: 1n, hitBaselineCostUsdNanos: 90n });
  });
});

describe("the lines of a request that the cache was searched for with an embedding model", () => {
  const read = { inputTokens: 8n, cachedInputTokens: 0n, outputTokens: 0n, reasoningTokens: 0n, extraJson: "" };
  const vectors = attempt({ model: "vectors", cost: 5, usage: read });

  it("are the call and the hit, which stands for the request and has the saving", () => {
    const hit = { cacheVerdict: "CACHE_VERDICT_SEMANTIC_HIT" as const, baselineCostUsdNanos: 90n };
    expect(linesOf(settlement("r1", [vectors], hit))).toMatchObject([
      { model: "vectors", costUsdNanos: 5n, baselineCostUsdNanos: 0n, requestCount: 0, wasted: false },
      { model: "small", provider: "", costUsdNanos: 0n, baselineCostUsdNanos: 90n, requestCount: 1 },
    ]);
  });

  it("are the call, which is no waste, and the attempts, where nothing was found", () => {
    const lines = linesOf(settlement("r1", [vectors, attempt({ cost: 70 })], { promptPrefix: "p" }));
    expect(lines).toMatchObject([
      { model: "vectors", wasted: false, requestCount: 0, promptPrefix: "p" },
      { costUsdNanos: 70n, wasted: false, requestCount: 1, promptPrefix: "p" },
    ]);
  });
});
