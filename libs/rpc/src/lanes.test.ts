import {
  ClassifierServiceDefinition,
  ClassifyRequest,
  ClassifyResponse,
} from "@switchyard/contracts/classifier/v1/classifier";
import { LaneServiceDefinition } from "@switchyard/contracts/lane/v1/lane";
import { createLogger } from "@switchyard/telemetry";
import { createServer, Metadata } from "nice-grpc";
import { describe, expect, it } from "vitest";
import { connect } from "./connect.ts";
import { serve } from "./server.ts";
import { type Call, service } from "./service.ts";

const logger = createLogger("test", "silent");
const classifyBatch = async () => ({ responses: [] });
const texts = Array.from({ length: 50 }, (_, index) => `text ${index}`);

async function serving(classify: (text: string, call: Call) => Promise<string>, listen = "127.0.0.1:0") {
  const handlers = {
    classifyBatch,
    classify: async ({ text }: ClassifyRequest, call: Call) =>
      ClassifyResponse.create({ classification: { language: await classify(text, call) } }),
  };
  const server = await serve([service(ClassifierServiceDefinition, handlers)], {
    ...{ listen, logger, maxMessageBytes: 1024 * 1024 },
  });
  return server;
}

function caller(address: string) {
  const { client, close } = connect(ClassifierServiceDefinition, `dns:///${address}`);
  const ask = async (text: string, options = {}) =>
    (await client.classify(ClassifyRequest.create({ text }), options)).classification?.language;
  return { ask, close };
}

describe("a lane", () => {
  it("gives each of many calls its own answer, metadata and deadline, in whatever order they are done", async () => {
    const waiting: (() => void)[] = [];
    const server = await serving(async (text, { metadata, deadline }) => {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length === texts.length) for (const release of waiting.reverse()) release();
      });
      return `${text} ${metadata.get("who")} ${deadline !== undefined}`;
    });
    const { ask, close } = caller(server.address);
    const answers = await Promise.all(
      texts.map((text, index) => ask(text, { metadata: Metadata({ who: `${index}` }), deadline: Date.now() + 60_000 })),
    );
    expect(answers).toEqual(texts.map((text, index) => `${text} ${index} true`));
    close();
    await server.drain(1_000);
  });

  it("cancels one call and no other", async () => {
    const cancelled = Promise.withResolvers<string>();
    const server = await serving(async (text, { signal }) => {
      if (text !== "long") return text;
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          cancelled.resolve(text);
          reject(signal.reason);
        });
      });
    });
    const { ask, close } = caller(server.address);
    const controller = new AbortController();
    const long = ask("long", { signal: controller.signal });
    expect(await ask("short")).toBe("short");
    controller.abort();
    await expect(long).rejects.toMatchObject({ reason: "CANCELLED" });
    expect(await cancelled.promise).toBe("long");
    expect(await ask("later")).toBe("later");
    close();
    await server.drain(1_000);
  });

  it("loses no call when its server closes under load", async () => {
    const server = await serving(async (text) => text);
    const other = await serving(async (text) => text);
    const { client, close } = connect(ClassifierServiceDefinition, `ipv4:///${server.address},${other.address}`);
    const ask = async (text: string) =>
      (await client.classify(ClassifyRequest.create({ text }))).classification?.language;
    let isDrained = false;
    const asking = texts.map(async (text) => {
      while (!isDrained) expect(await ask(text)).toBe(text);
    });
    await server.drain(5_000, 50);
    isDrained = true;
    await Promise.all(asking);
    close();
    await other.drain(1_000);
  });

  it("leaves long requests, and those to a peer without lanes, to go by themselves", async () => {
    const server = await serving(async (text) => `${text.length}`);
    const { ask, close } = caller(server.address);
    expect(await ask("x".repeat(100_000))).toBe("100000");
    close();
    await server.drain(1_000);

    const old = createServer();
    old.add(ClassifierServiceDefinition, {
      classifyBatch,
      classify: async () => ClassifyResponse.create({ classification: { language: "old" } }),
    });
    const port = await old.listen("127.0.0.1:0");
    const toOld = caller(`127.0.0.1:${port}`);
    expect(await toOld.ask("a")).toBe("old");
    expect(await toOld.ask("b")).toBe("old");
    toOld.close();
    await old.shutdown();
  });

  it("refuses what is no method to carry", async () => {
    const server = await serving(async (text) => text);
    const { createChannel, createClient } = await import("nice-grpc");
    const channel = createChannel(server.address);
    async function* requests() {
      yield { calls: [{ number: 1, method: "a.B/C", metadata: {}, message: new Uint8Array() }], cancelled: [] };
    }
    const answers = [];
    for await (const response of createClient(LaneServiceDefinition, channel).carry(requests())) {
      answers.push(...response.answers);
    }
    expect(answers).toMatchObject([{ number: 1, outcome: { $case: "fault" } }]);
    channel.close();
    await server.drain(1_000);
  });
});
