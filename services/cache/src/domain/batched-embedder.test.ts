import { Attempt } from "@switchyard/contracts/type/v1/routing";
import { describe, expect, it } from "vitest";
import type { Embedder, Patience } from "../ports.ts";
import { batchedEmbedder, shares } from "./batched-embedder.ts";

const always: Patience = { signal: undefined, deadline: undefined };

/** An embedder whose vectors tell the text's length, and what it was asked. */
function scripted(answer: (texts: readonly string[]) => Promise<void> = async () => undefined) {
  const calls: { texts: readonly string[]; patience: Patience }[] = [];
  const embedder: Embedder = {
    version: "v",
    async embed(texts, patience) {
      calls.push({ texts, patience });
      await answer(texts);
      const tokens = BigInt(texts.join("").length);
      const attempt = Attempt.create({ model: "m", usage: { inputTokens: tokens }, costUsdNanos: tokens * 10n });
      return { vectors: texts.map((text) => Float32Array.of(text.length)), attempt };
    },
  };
  const batched = (more: object = {}) =>
    batchedEmbedder(embedder, {
      ...{ timeoutMs: 300, mostTexts: 3, now: () => 1_000, atEndOfTurn: setImmediate },
      ...{ weigh: (text: string) => text.length, ...more },
    });
  return { calls, batched };
}

describe("embedding in batches", () => {
  it("puts what comes in one turn into one call, and gives everybody their own", async () => {
    const { calls, batched } = scripted();
    const embedder = batched();
    const all = await Promise.all([["a"], ["bb", "ccc"]].map((texts) => embedder.embed(texts, always)));
    expect(calls).toEqual([{ texts: ["a", "bb", "ccc"], patience: { signal: undefined, deadline: 1_300 } }]);
    expect(all.map(({ vectors }) => vectors.map((vector) => vector[0]))).toEqual([[1], [2, 3]]);
    expect(all.map(({ attempt }) => attempt?.usage?.inputTokens)).toEqual([1n, 5n]);
    expect(all.map(({ attempt }) => attempt?.costUsdNanos)).toEqual([10n, 50n]);
    await embedder.embed(["later"], always);
    expect(calls).toHaveLength(2);
  });

  it("makes more than one call of more than a call may hold", async () => {
    const { calls, batched } = scripted();
    const embedder = batched();
    await Promise.all(["a", "b", "c", "d"].map((text) => embedder.embed([text], always)));
    expect(calls.map(({ texts }) => texts)).toEqual([["a", "b", "c"], ["d"]]);
  });

  it("fails for all in a call that fails, and for nobody else", async () => {
    const { batched } = scripted(async (texts) => {
      if (texts.includes("bad")) throw new Error("no");
    });
    const embedder = batched({ mostTexts: 2 });
    const all = await Promise.allSettled(["bad", "b", "c"].map((text) => embedder.embed([text], always)));
    expect(all.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled"]);
  });

  it("lets a caller go who does not wait any longer, and serves the others", async () => {
    const answered = Promise.withResolvers<void>();
    const { batched } = scripted(() => answered.promise);
    const embedder = batched();
    const leaving = new AbortController();
    const gone = embedder.embed(["a"], { signal: leaving.signal, deadline: undefined });
    const late = embedder.embed(["b"], { signal: undefined, deadline: 1_000 });
    const patient = embedder.embed(["c"], always);
    await expect(late).rejects.toThrow("does not wait");
    leaving.abort();
    await expect(gone).rejects.toThrow("does not wait");
    answered.resolve();
    expect((await patient).vectors).toHaveLength(1);
    await expect(embedder.embed(["d"], { signal: leaving.signal, deadline: undefined })).rejects.toThrow(
      "does not wait",
    );
  });
});

describe("what a call used", () => {
  const attempt = Attempt.create({ usage: { inputTokens: 10n }, costUsdNanos: 7n });

  it.each([[[1, 1, 1]], [[5]], [[0, 0]], [[1, 0, 1_000]]])(
    "is shared out to the last token and nano by %j",
    (weights) => {
      const parts = shares(attempt, weights);
      const sum = (of: (part: Attempt) => bigint) => parts.reduce((all, part) => all + of(part), 0n);
      expect(sum(({ usage }) => usage?.inputTokens ?? 0n)).toBe(10n);
      expect(sum(({ costUsdNanos }) => costUsdNanos)).toBe(7n);
      expect(parts.every(({ costUsdNanos }) => costUsdNanos >= 0n)).toBe(true);
    },
  );
});
