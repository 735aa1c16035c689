import { GetUsageRequest } from "@switchyard/contracts/budget/v1/budget";
import { CompleteRequest, StreamCompleteRequest } from "@switchyard/contracts/router/v1/router";
import { RpcError, Status } from "@switchyard/rpc";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keys } from "./network/config.ts";
import { shapes, startNetwork, type TestNetwork, withKey } from "./network/test-network.ts";

// A slow provider: what is interrupted is interrupted while it still writes.
const slow = { firstTokenMs: 50, tokensPerSecond: 20 };

describe.each(shapes)("an interruption of a %s platform", (shape) => {
  let network: TestNetwork;

  beforeAll(async () => {
    network = await startNetwork({ shape, pace: slow, simulator: { recordRequests: true } });
  });
  afterAll(() => network?.stop());

  const chat = (text: string) => ({
    chat: {
      model: "gpt-4o",
      messages: [{ role: "ROLE_USER" as const, content: [{ part: { $case: "text" as const, value: text } }] }],
    },
  });
  const served = (text: string) => {
    const asked = network.simulator.requests().find(({ body }) => JSON.stringify(body).includes(text));
    return network.simulator.served().find(({ sequence }) => sequence === asked?.sequence);
  };
  const ledger = async () =>
    (await network.budget.listLedger({ tenant: "acme", afterSequence: 0n, pageSize: 10_000 })).entries;

  it("reaches the provider when an HTTP caller goes away mid-stream, and what was used is booked", async () => {
    const client = new OpenAI({ baseURL: `${network.httpUrl}/v1`, apiKey: keys.acme, maxRetries: 0 });
    const stream = await client.chat.completions.create({
      model: "gpt-4o",
      messages: [{ role: "user", content: "A long story for an impatient HTTP reader, please." }],
      stream: true,
    });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    stream.controller.abort();
    await expect.poll(() => served("impatient HTTP reader")?.aborted).toBe(true);
    await expect
      .poll(async () => (await ledger()).find(({ outcome }) => outcome === "CANCELLED"))
      .toMatchObject({ model: "gpt-4o", usageEstimated: true });
  });

  it("reaches the provider when a gRPC caller goes away, streamed or not", async () => {
    const caller = new AbortController();
    const reading = (async () => {
      const request = StreamCompleteRequest.fromPartial(chat("A long story for an impatient streaming gRPC caller."));
      for await (const { chunk } of network.router.streamComplete(request, { ...withKey(), signal: caller.signal })) {
        if (chunk?.choices[0]?.delta?.content) caller.abort();
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: Status.CANCELLED });
    await expect.poll(() => served("impatient streaming gRPC caller")?.aborted).toBe(true);

    const unary = new AbortController();
    const request = CompleteRequest.fromPartial(chat("A long story for an impatient unary gRPC caller."));
    const answer = network.router.complete(request, { ...withKey(), signal: unary.signal });
    answer.catch(() => undefined);
    await expect.poll(() => served("impatient unary gRPC caller")).toBeDefined();
    unary.abort();
    await expect(answer).rejects.toMatchObject({ code: Status.CANCELLED });
    await expect.poll(() => served("impatient unary gRPC caller")?.aborted).toBe(true);
  });

  it("keeps the caller's deadline, and tells the caller before it has passed", async () => {
    const deadline = Date.now() + 700;
    const request = CompleteRequest.fromPartial(chat("A story too long for its deadline."));
    const failure = await network.router
      .complete(request, { ...withKey(), deadline })
      .catch((error: unknown) => error as RpcError);
    expect(failure).toMatchObject({ code: Status.DEADLINE_EXCEEDED, reason: "DEADLINE_EXCEEDED" });
    expect(failure).toBeInstanceOf(RpcError);
    await expect.poll(() => served("too long for its deadline")?.aborted).toBe(true);
  });

  it("frees what was reserved when all is over", async () => {
    await expect
      .poll(async () => (await network.budget.getUsage(GetUsageRequest.create({ tenant: "acme" }))).reserved?.tokens)
      .toBe(0n);
  });

  it("lets streams in flight end when the platform is told to stop, and every process exits with 0", async () => {
    const request = StreamCompleteRequest.fromPartial({
      chat: { ...chat("Finish this while draining.").chat, maxTokens: 20 },
    });
    const first = Promise.withResolvers<void>();
    const reading = (async () => {
      let last: string | undefined;
      for await (const { chunk, routing } of network.router.streamComplete(request, withKey())) {
        if (chunk?.choices[0]?.delta?.content) first.resolve();
        last = chunk ? chunk.choices[0]?.finishReason : (routing?.attempts[0]?.outcome ?? last);
      }
      return last;
    })();
    await first.promise;
    const stopped = network.stop();
    expect(await reading).toBe("ok");
    expect((await stopped).every((code) => code === 0)).toBe(true);
  });
});
