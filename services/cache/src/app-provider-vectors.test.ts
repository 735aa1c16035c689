import {
  type EmbedRequest,
  EmbedResponse,
  ProviderServiceDefinition,
} from "@switchyard/contracts/provider/v1/provider";
import { RpcError, type Service, Status, service } from "@switchyard/rpc";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestCache, saying, type TestCache } from "./testing-cache.ts";

const settings = "{ semantic: { embedder: vectors, mode: cosine, minCosine: 0.9 } }";

let asked: EmbedRequest[];
let behave: (request: EmbedRequest) => Promise<EmbedResponse>;
let cache: TestCache;

/** Vectors by the first letter of a text, as long as a provider likes them. */
const vectorsOf = async ({ embedding }: EmbedRequest) =>
  EmbedResponse.create({
    provider: "p",
    response: {
      inputTokens: BigInt(10 * (embedding?.texts.length ?? 0)),
      embeddings: embedding?.texts.map((text) => ({ values: text.startsWith("A") ? [3, 4] : [-4, 3] })) ?? [],
    },
  });

const unused = () => {
  throw new Error("is not asked");
};
const provider: Service<ProviderServiceDefinition> = service(ProviderServiceDefinition, {
  complete: unused,
  streamComplete: unused,
  embed: (request) => {
    asked.push(request);
    return behave(request);
  },
});
const peers = { providerAdapter: { inProcess: provider, onUnforeseen: () => undefined } };

beforeEach(async () => {
  asked = [];
  behave = vectorsOf;
  cache = await openTestCache(settings, { peers });
});
afterEach(() => cache.close());

const fields = (text: string) => ({ chat: saying(text) });

describe("vectors of a provider", () => {
  it("find what means the same; what they cost is told, to be booked with the request", async () => {
    const first = await cache.ask("A", fields("Apples?"));
    expect(first.embedding).toMatchObject({
      ...{ model: "vectors", provider: "p", outcome: "ok", usageEstimated: false },
      // 10 tokens at USD 0.5 per million.
      ...{ usage: { inputTokens: 10n }, costUsdNanos: 5_000n },
    });
    const found = await cache.lookup(fields("Apple trees?"));
    expect(found.verdict).toBe("CACHE_VERDICT_SEMANTIC_HIT");
    expect(found.likeness?.cosine).toBeCloseTo(1, 2);
    expect(found.embedding?.costUsdNanos).toBe(5_000n);
    expect((await cache.lookup(fields("Bananas?"))).verdict).toBe("CACHE_VERDICT_MISS");
  });

  it("are not asked for where the same request was answered before", async () => {
    await cache.ask("A", fields("Apples?"));
    expect(await cache.lookup(fields("Apples?"))).toMatchObject({
      verdict: "CACHE_VERDICT_EXACT_HIT",
      embedding: undefined,
    });
    expect(asked).toHaveLength(1);
  });

  it("of requests that come together are one call, its cost shared out", async () => {
    const all = await Promise.all(["Apples?", "Bananas?"].map((text) => cache.lookup(fields(text))));
    expect(asked.map(({ embedding }) => embedding?.texts)).toEqual([["Apples?", "Bananas?"]]);
    expect(all.reduce((sum, { embedding }) => sum + (embedding?.costUsdNanos ?? 0n), 0n)).toBe(10_000n);
  });

  const faults: [string, (request: EmbedRequest) => Promise<EmbedResponse>][] = [
    [
      "fails",
      () => Promise.reject(new RpcError({ code: Status.UNAVAILABLE, reason: "UPSTREAM_UNAVAILABLE", message: "x" })),
    ],
    ["never answers", () => new Promise(() => undefined)],
    ["gives no vectors", async () => EmbedResponse.create({ response: {} })],
    ["gives no answer", async () => EmbedResponse.create()],
    ["gives no direction", async () => EmbedResponse.create({ response: { embeddings: [{ values: [0, 0] }] } })],
    ["gives no numbers", async () => EmbedResponse.create({ response: { embeddings: [{ values: [Number.NaN] }] } })],
  ];

  it.each(faults)("are done without where the provider %s", async (_how, fault) => {
    await cache.ask("A", fields("Apples?"));
    behave = fault;
    const missed = await cache.ask("trees", fields("Apple trees?"));
    expect(missed).toMatchObject({ verdict: "CACHE_VERDICT_MISS" });
    expect(missed.tickets[0]?.meaning).toBeUndefined();
    expect((await cache.lookup(fields("Apple trees?"))).verdict).toBe("CACHE_VERDICT_EXACT_HIT");
  });

  it("never meet those of another embedder, or of another length", async () => {
    await cache.ask("A", fields("Apples?"));
    behave = async () => EmbedResponse.create({ response: { embeddings: [{ values: [3, 4, 0] }] } });
    expect((await cache.lookup(fields("Apple trees?"))).verdict).toBe("CACHE_VERDICT_MISS");
    const other = await openTestCache("{ semantic: { mode: cosine, minCosine: 0.1 } }", { folder: cache.folder });
    expect((await other.lookup(fields("Apples?"))).verdict).toBe("CACHE_VERDICT_EXACT_HIT");
    expect((await other.lookup(fields("Apples!"))).verdict).toBe("CACHE_VERDICT_MISS");
    await other.close();
  });

  it("are counted by estimate where the provider does not count", async () => {
    behave = async () => EmbedResponse.create({ response: { embeddings: [{ values: [3, 4] }] } });
    const { embedding } = await cache.lookup(fields("Apples?"));
    expect(embedding?.usageEstimated).toBe(true);
    expect(embedding?.usage?.inputTokens).toBeGreaterThan(0n);
  });
});
