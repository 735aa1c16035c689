import {
  CompleteRequest,
  EmbedRequest,
  ExplainRequest,
  StreamCompleteRequest,
} from "@switchyard/contracts/router/v1/router";
import { Status } from "@switchyard/rpc";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shapes, startNetwork, type TestNetwork, withKey } from "./network/test-network.ts";

describe.each(shapes)("a gRPC client of a %s platform", (shape) => {
  let network: TestNetwork;

  beforeAll(async () => {
    network = await startNetwork({ shape });
  });
  afterAll(() => network?.stop());

  const chat = (text: string, more: object = {}) => ({
    chat: {
      model: "auto",
      messages: [{ role: "ROLE_USER" as const, content: [{ part: { $case: "text" as const, value: text } }] }],
      ...more,
    },
  });
  const complete = (text: string, more: object = {}, request: object = {}) =>
    network.router.complete(CompleteRequest.fromPartial({ ...chat(text, more), ...request }), withKey());

  it("completes, and is told how the answer came about", async () => {
    const { response, routing } = await complete("Translate into French: good morning.");
    expect(response?.choices[0]?.finishReason).toBe("stop");
    expect(routing).toMatchObject({
      tier: "TIER_ECONOMY",
      classification: { task: "TASK_TRANSLATION" },
      cacheVerdict: "CACHE_VERDICT_MISS",
      baselineModel: "gpt-4o",
    });
    expect(routing?.attempts).toEqual([expect.objectContaining({ outcome: "ok", usageEstimated: false })]);
    expect(routing?.costUsdNanos).toBeGreaterThan(0n);
    expect(routing?.traceId).toMatch(/^[0-9a-f]{32}$/);
  });

  it("streams chunks, the decision first and the whole story last", async () => {
    const request = StreamCompleteRequest.fromPartial(chat("Tell me about tides."));
    const messages = [];
    for await (const message of network.router.streamComplete(request, withKey())) messages.push(message);
    expect(messages.length).toBeGreaterThan(3);
    expect(messages[0]?.routing).toMatchObject({ attempts: [], candidates: expect.any(Array) });
    const last = messages.at(-1);
    expect(last?.chunk).toBeUndefined();
    expect(last?.routing?.attempts).toEqual([expect.objectContaining({ outcome: "ok" })]);
    expect(last?.routing?.costUsdNanos).toBeGreaterThan(0n);
    const ends = messages.filter(({ chunk }) => chunk?.choices.some(({ finishReason }) => finishReason === "stop"));
    expect(ends).toHaveLength(1);
  });

  it("embeds", async () => {
    const { response, routing } = await network.router.embed(
      EmbedRequest.fromPartial({ embedding: { model: "auto", texts: ["one", "two"] } }),
      withKey(),
    );
    expect(response?.embeddings).toHaveLength(2);
    expect(routing).toMatchObject({ model: "text-embedding-3-small" });
  });

  it("explains a decision without asking a model", async () => {
    const before = network.simulator.served().length;
    const { routing } = await network.router.explain(
      ExplainRequest.fromPartial(
        chat("Prove that there are infinitely many primes, step by step, and discuss the proof."),
      ),
      withKey(),
    );
    expect(routing?.candidates.length).toBeGreaterThan(1);
    expect(routing?.reason).toContain("quality target");
    expect(network.simulator.served()).toHaveLength(before);
  });

  it("lists the catalogue with prices", async () => {
    const { models } = await network.router.listModels({}, withKey());
    expect(models.find(({ id }) => id === "gpt-4o")).toMatchObject({
      baseline: true,
      tier: "TIER_PREMIUM",
      prices: { inputUsdPerMillion: 2.5, outputUsdPerMillion: 10 },
    });
  });

  it("returns the first answer again for the same idempotency key, and refuses the key for another request", async () => {
    const first = await complete(
      "Pick a number.",
      {},
      { idempotencyKey: "order-17", hints: { cachePolicy: "CACHE_POLICY_NO_STORE" } },
    );
    const again = () =>
      complete("Pick a number.", {}, { idempotencyKey: "order-17", hints: { cachePolicy: "CACHE_POLICY_NO_STORE" } });
    await expect.poll(async () => (await again()).routing?.cacheVerdict).toBe("CACHE_VERDICT_REPLAY");
    expect((await again()).response?.id).toBe(first.response?.id);
    await expect(complete("Pick a colour.", {}, { idempotencyKey: "order-17" })).rejects.toMatchObject({
      code: Status.ALREADY_EXISTS,
      reason: "IDEMPOTENCY_KEY_REUSED",
    });
  });

  it("gets errors with a status, a stable reason and the field", async () => {
    await expect(complete("hello", { maxTokens: -5 })).rejects.toMatchObject({
      code: Status.INVALID_ARGUMENT,
      reason: "INVALID_REQUEST",
      fieldViolations: [expect.objectContaining({ field: "chat.max_tokens" })],
    });
    await expect(complete("hello", { model: "nonesuch" })).rejects.toMatchObject({
      code: Status.NOT_FOUND,
      reason: "UNKNOWN_MODEL",
    });
    await expect(network.router.complete(CompleteRequest.fromPartial(chat("hello")))).rejects.toMatchObject({
      code: Status.UNAUTHENTICATED,
      reason: "UNAUTHENTICATED",
    });
    await expect(complete("hello", { maxTokens: 100_000 })).rejects.toMatchObject({
      code: Status.FAILED_PRECONDITION,
      reason: "NO_CANDIDATE",
    });
    const spent = network.router.complete(
      CompleteRequest.fromPartial(chat("word ".repeat(11_000), { model: "gpt-4o" })),
      withKey("free"),
    );
    await expect(spent).rejects.toMatchObject({
      code: Status.RESOURCE_EXHAUSTED,
      reason: "BUDGET_EXHAUSTED",
      quotaViolations: [expect.objectContaining({ subject: expect.stringContaining("trial") })],
      // Larger than the limit: waiting does not help.
      retryDelayMs: undefined,
    });
  });

  it("finds in the ledger what the provider served, to the token", async () => {
    const total = async () => {
      const { entries } = await network.budget.listLedger({ tenant: "", afterSequence: 0n, pageSize: 10_000 });
      return entries.reduce((sum, { usage }) => sum + (usage ? usage.inputTokens + usage.outputTokens : 0n), 0n);
    };
    const served = network.simulator
      .served()
      .reduce((sum, { promptTokens, completionTokens }) => sum + BigInt(promptTokens + completionTokens), 0n);
    expect(served).toBeGreaterThan(0n);
    await expect.poll(total).toBe(served);
  });

  it("ends with exit code 0 on SIGTERM", async () => {
    const codes = await network.stop();
    expect(codes.every((code) => code === 0)).toBe(true);
  });
});
