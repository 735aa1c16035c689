import {
  constants,
  createServer as createHttp2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import {
  ClassifierServiceDefinition,
  ClassifyBatchResponse,
  ClassifyRequest,
  ClassifyResponse,
} from "@switchyard/contracts/classifier/v1/classifier";
import {
  CompleteRequest,
  ProviderServiceDefinition,
  StreamCompleteRequest,
  StreamCompleteResponse,
} from "@switchyard/contracts/provider/v1/provider";
import { createLogger } from "@switchyard/telemetry";
import { createChannel, createClient } from "nice-grpc";
import { HealthDefinition } from "nice-grpc-server-health";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Call, type Connection, connect, invalidRequest, RpcError, Status, serve, service } from "./index.ts";

const logger = createLogger("test", "silent");

type Provider = typeof ProviderServiceDefinition;
type Classifier = typeof ClassifierServiceDefinition;

/** The half of the service that these tests do not call. */
const classifyBatch = async () => ClassifyBatchResponse.create();

describe.each(["network", "in-process"])("a service called %s", (transport) => {
  let classify: (request: ClassifyRequest, call: Call) => Promise<ClassifyResponse>;
  let stream: (request: StreamCompleteRequest, call: Call) => AsyncIterable<StreamCompleteResponse>;
  let classifier: Connection<Classifier>;
  let provider: Connection<Provider>;
  let unforeseen: string[];
  let stop: () => Promise<void>;

  beforeEach(async () => {
    unforeseen = [];
    const never = async () => {
      throw new Error("not called");
    };
    const services = [
      service(ClassifierServiceDefinition, { classify: (request, call) => classify(request, call), classifyBatch }),
      service(ProviderServiceDefinition, {
        complete: never,
        embed: never,
        streamComplete: (request, call) => stream(request, call),
      }),
    ] as const;
    if (transport === "in-process") {
      const onUnforeseen = (method: string) => void unforeseen.push(method);
      classifier = connect(ClassifierServiceDefinition, { inProcess: services[0], onUnforeseen });
      provider = connect(ProviderServiceDefinition, { inProcess: services[1], onUnforeseen });
      stop = async () => undefined;
      return;
    }
    const server = await serve(services, { listen: "127.0.0.1:0", logger, maxMessageBytes: 1024 * 1024 });
    classifier = connect(ClassifierServiceDefinition, `dns:///${server.address}`);
    provider = connect(ProviderServiceDefinition, `dns:///${server.address}`);
    stop = async () => {
      classifier.close();
      provider.close();
      await server.drain(1_000);
    };
  });

  afterEach(() => stop());

  const ask = (options = {}) => classifier.client.classify(ClassifyRequest.create({ text: "hello" }), options);

  it("answers with whole messages", async () => {
    classify = async (request) =>
      ClassifyResponse.create({ classification: { language: request.text, complexity: 0.5 } });
    const { classification } = await ask();
    expect(classification).toMatchObject({ language: "hello", complexity: 0.5, classifierVersion: "" });
  });

  it("carries a fault with its reason, fields, metadata and retry delay", async () => {
    classify = async () => {
      throw new RpcError({
        code: Status.RESOURCE_EXHAUSTED,
        reason: "BUDGET_EXHAUSTED",
        message: "no tokens left",
        metadata: { limit: "tenant/acme/tokens_per_day" },
        retryDelayMs: 61_500,
        quotaViolations: [{ subject: "tenant/acme/tokens_per_day", description: "10000 tokens a day" }],
      });
    };
    await expect(ask()).rejects.toMatchObject({
      name: "RpcError",
      code: Status.RESOURCE_EXHAUSTED,
      reason: "BUDGET_EXHAUSTED",
      message: "no tokens left",
      metadata: { limit: "tenant/acme/tokens_per_day" },
      retryDelayMs: 61_500,
      quotaViolations: [expect.objectContaining({ subject: "tenant/acme/tokens_per_day" })],
    });
  });

  it("names every field of an invalid request", async () => {
    classify = async () => {
      throw invalidRequest({ field: "text", description: "must not be empty" });
    };
    await expect(ask()).rejects.toMatchObject({
      code: Status.INVALID_ARGUMENT,
      message: "text: must not be empty",
      fieldViolations: [expect.objectContaining({ field: "text" })],
    });
  });

  it("keeps the cause of an unforeseen error from the caller", async () => {
    classify = async () => {
      throw new TypeError("secret detail");
    };
    const failure = await ask().catch((error: unknown) => error as RpcError);
    expect(failure).toMatchObject({ code: Status.INTERNAL, reason: "INTERNAL", message: "internal error" });
    if (transport === "in-process") expect(unforeseen).toEqual(["switchyard.classifier.v1.ClassifierService/Classify"]);
  });

  it("gives the handler the caller's deadline and stops waiting when it passes", async () => {
    let seen: number | undefined;
    let aborted = false;
    classify = async (_request, call) => {
      seen = call.deadline;
      call.signal.addEventListener("abort", () => {
        aborted = true;
      });
      await sleep(5_000, undefined, { signal: call.signal });
      return ClassifyResponse.create();
    };
    const deadline = Date.now() + 300;
    await expect(ask({ deadline })).rejects.toMatchObject({
      code: Status.DEADLINE_EXCEEDED,
      reason: "DEADLINE_EXCEEDED",
    });
    expect(seen).toBeLessThanOrEqual(deadline + 50);
    expect(seen).toBeGreaterThan(deadline - 200);
    await expect.poll(() => aborted).toBe(true);
  });

  it("tells the handler when the caller goes away", async () => {
    const handler = Promise.withResolvers<void>();
    const entered = Promise.withResolvers<void>();
    classify = async (_request, call) => {
      entered.resolve();
      await new Promise<void>((resolve) => call.signal.addEventListener("abort", () => resolve()));
      handler.resolve();
      return ClassifyResponse.create();
    };
    const caller = new AbortController();
    const answer = ask({ signal: caller.signal });
    await entered.promise;
    caller.abort();
    await expect(answer).rejects.toMatchObject({ code: Status.CANCELLED, reason: "CANCELLED" });
    await handler.promise;
  });

  it("streams messages and then a fault, in that order", async () => {
    stream = async function* () {
      yield StreamCompleteResponse.create({ provider: "first" });
      yield StreamCompleteResponse.create({ provider: "second" });
      throw new RpcError({ code: Status.UNAVAILABLE, reason: "UPSTREAM_BROKEN_ANSWER", message: "cut" });
    };
    const seen: string[] = [];
    const read = async () => {
      for await (const message of provider.client.streamComplete(StreamCompleteRequest.create()))
        seen.push(message.provider);
    };
    await expect(read()).rejects.toMatchObject({ reason: "UPSTREAM_BROKEN_ANSWER" });
    expect(seen).toEqual(["first", "second"]);
  });

  it("streams every message before a fault to a reader that takes its time, and the fault as it was", async () => {
    const fault = new RpcError({
      code: Status.UNAVAILABLE,
      reason: "UPSTREAM_BROKEN_ANSWER",
      message: "cut",
      metadata: { model: "größer" },
      retryDelayMs: 1_500,
    });
    stream = async function* () {
      for (let index = 0; index < 40; index++) yield StreamCompleteResponse.create({ provider: String(index) });
      throw fault;
    };
    let seen = 0;
    const read = async () => {
      for await (const _message of provider.client.streamComplete(StreamCompleteRequest.create())) {
        seen += 1;
        await sleep(1);
      }
    };
    await expect(read()).rejects.toMatchObject({
      code: Status.UNAVAILABLE,
      reason: "UPSTREAM_BROKEN_ANSWER",
      message: "cut",
      metadata: { model: "größer" },
      retryDelayMs: 1_500,
    });
    expect(seen).toBe(40);
  });

  it("carries a fault behind messages, however much its text grows on the way", async () => {
    stream = async function* () {
      yield StreamCompleteResponse.create();
      const metadata = Object.fromEntries(["a", "b", "c", "d", "e", "f"].map((key) => [key, "\u0001".repeat(2_000)]));
      throw new RpcError({ code: Status.UNAVAILABLE, reason: "UPSTREAM_BROKEN_ANSWER", message: "cut", metadata });
    };
    const read = async () => {
      for await (const _message of provider.client.streamComplete(StreamCompleteRequest.create()));
    };
    await expect(read()).rejects.toMatchObject({ reason: "UPSTREAM_BROKEN_ANSWER" });
  });

  it("stops the handler's stream when the caller stops reading", async () => {
    const stopped = Promise.withResolvers<void>();
    stream = async function* (_request, call) {
      call.signal.addEventListener("abort", () => stopped.resolve());
      try {
        while (true) {
          yield StreamCompleteResponse.create({ provider: "more" });
          await sleep(1);
        }
      } finally {
        stopped.resolve();
      }
    };
    for await (const _message of provider.client.streamComplete(StreamCompleteRequest.create())) break;
    await stopped.promise;
  });
});

describe("an error that quotes too much", () => {
  it("is clipped, and leaves the other calls on its connection alone", async () => {
    const release = Promise.withResolvers<void>();
    const server = await serve(
      [
        service(ClassifierServiceDefinition, {
          classifyBatch,
          classify: async ({ text }) => {
            if (text === "wait") await release.promise;
            else {
              const quoted = "é".repeat(50_000);
              const many = Array.from({ length: 500 }, (_, index) => ({ field: `f${index}`, description: quoted }));
              throw new RpcError({
                code: Status.INVALID_ARGUMENT,
                reason: "INVALID_REQUEST",
                message: quoted,
                metadata: Object.fromEntries(many.map(({ field }) => [field, quoted])),
                fieldViolations: many,
              });
            }
            return ClassifyResponse.create();
          },
        }),
      ],
      { listen: "127.0.0.1:0", logger, maxMessageBytes: 1024 },
    );
    const { client, close } = connect(ClassifierServiceDefinition, `dns:///${server.address}`);
    const other = client.classify(ClassifyRequest.create({ text: "wait" }));
    const failure = await client.classify(ClassifyRequest.create({ text: "fail" })).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: Status.INVALID_ARGUMENT, reason: "INVALID_REQUEST" });
    expect((failure as RpcError).fieldViolations[0]).toMatchObject({ field: "f0" });
    expect((failure as RpcError).message.isWellFormed()).toBe(true);
    release.resolve();
    await expect(other).resolves.toBeDefined();
    close();
    await server.drain(1_000);
  });
});

describe("a request of broken bytes", () => {
  const ask = async (bytes: Uint8Array) => {
    const server = await serve(
      [service(ClassifierServiceDefinition, { classify: async () => ClassifyResponse.create(), classifyBatch })],
      { listen: "127.0.0.1:0", logger, maxMessageBytes: 1024 },
    );
    const raw = {
      ...ClassifierServiceDefinition,
      methods: {
        classify: {
          ...ClassifierServiceDefinition.methods.classify,
          requestType: { ...ClassifyRequest, encode: () => ({ finish: () => bytes }) },
        },
      },
    };
    const { client, close } = connect(raw as unknown as Classifier, `dns:///${server.address}`);
    const failure = await client.classify(ClassifyRequest.create()).catch((error: unknown) => error);
    close();
    await server.drain(1_000);
    return failure;
  };

  it("is refused naming the field whose text is not UTF-8", async () => {
    // Field 2, `text`, three bytes.
    expect(await ask(Uint8Array.of(0x12, 3, 0xff, 0xfe, 0x41))).toMatchObject({
      code: Status.INVALID_ARGUMENT,
      message: "text: must be UTF-8",
    });
  });

  it("is refused as such when it is no message at all", async () => {
    expect(await ask(Uint8Array.of(0x12, 200, 1, 2))).toMatchObject({
      code: Status.INVALID_ARGUMENT,
      reason: "INVALID_REQUEST",
    });
  });

  it("is answered when its text is whole, replacement characters included", async () => {
    expect(
      await ask(ClassifyRequest.encode(ClassifyRequest.create({ text: "\ufffd \ufeff é" })).finish()),
    ).not.toBeInstanceOf(Error);
  });
});

describe("a rolling restart", () => {
  it("loses no call while one server of two drains", async () => {
    const start = () =>
      serve(
        [service(ClassifierServiceDefinition, { classify: async () => ClassifyResponse.create(), classifyBatch })],
        {
          listen: "127.0.0.1:0",
          logger,
          maxMessageBytes: 1024,
        },
      );
    const staying = await start();
    let leaving = await start();
    const target = `ipv4:///${staying.address},${leaving.address}`;
    const { client, close } = connect(ClassifierServiceDefinition, target.replace("ipv4:///", "ipv4:"));
    let isOver = false;
    let answered = 0;
    const callers = Array.from({ length: 16 }, async () => {
      while (!isOver) {
        await client.classify(ClassifyRequest.create());
        answered++;
      }
    });
    for (let restart = 0; restart < 3; restart++) {
      const before = answered;
      await expect.poll(() => answered).toBeGreaterThan(before + 200);
      const { address } = leaving;
      await leaving.drain(5_000);
      leaving = await serve(
        [service(ClassifierServiceDefinition, { classify: async () => ClassifyResponse.create(), classifyBatch })],
        { listen: address, logger, maxMessageBytes: 1024 },
      );
    }
    isOver = true;
    await expect(Promise.all(callers)).resolves.toHaveLength(16);
    close();
    await staying.drain(1_000);
    await leaving.drain(1_000);
  });
});

describe("a draining server", () => {
  it("serves on while it gives notice, then finishes the call in flight and takes no new one", async () => {
    const release = Promise.withResolvers<void>();
    const entered = Promise.withResolvers<void>();
    const server = await serve(
      [
        service(ClassifierServiceDefinition, {
          classifyBatch,
          classify: async ({ text }) => {
            if (text === "wait") {
              entered.resolve();
              await release.promise;
            }
            return ClassifyResponse.create();
          },
        }),
      ],
      { listen: "127.0.0.1:0", logger, maxMessageBytes: 1024 },
    );
    const { client, close } = connect(ClassifierServiceDefinition, `dns:///${server.address}`);
    const inFlight = client.classify(ClassifyRequest.create({ text: "wait" }));
    await entered.promise;
    const drained = server.drain(5_000, 300);
    await expect(client.classify(ClassifyRequest.create())).resolves.toBeDefined();
    const refused = async () =>
      (await client.classify(ClassifyRequest.create()).catch((error: unknown) => error)) instanceof RpcError;
    await expect.poll(refused, { timeout: 10_000 }).toBe(true);
    release.resolve();
    await expect(inFlight).resolves.toBeDefined();
    await drained;
    close();
  });
});

describe("a server's health", () => {
  it("is that of its dependencies and ends with the notice to drain; that it lives is another matter", async () => {
    let isReady = false;
    const server = await serve(
      [service(ClassifierServiceDefinition, { classify: async () => ClassifyResponse.create(), classifyBatch })],
      { listen: "127.0.0.1:0", logger, maxMessageBytes: 1024, isReady: () => isReady },
    );
    const channel = createChannel(server.address);
    const client = createClient(HealthDefinition, channel);
    const heard: number[] = [];
    const watching = (async () => {
      for await (const { status } of client.watch({ service: "" })) heard.push(status);
    })().catch(() => undefined);
    const statusOf = async (name: string) => (await client.check({ service: name })).status;
    const [serving, notServing] = [1, 2];
    expect(await statusOf("")).toBe(notServing);
    expect(await statusOf(ClassifierServiceDefinition.fullName)).toBe(notServing);
    expect(await statusOf("liveness")).toBe(serving);
    isReady = true;
    expect(await statusOf("")).toBe(serving);
    await expect.poll(() => heard).toEqual([notServing, serving]);
    const drained = server.drain(60_000, 300);
    expect(await statusOf(ClassifierServiceDefinition.fullName)).toBe(notServing);
    expect(await statusOf("liveness")).toBe(serving);
    await expect.poll(() => heard).toEqual([notServing, serving, notServing]);
    // Whoever watches keeps nobody from ending.
    await drained;
    await watching;
    channel.close();
  });
});

describe("a call whose connection breaks under it", () => {
  /** A server that ends the connection of the first call it gets, and answers all others. */
  const breakOnce = async (refusals = 0, afterHeaders = false) => {
    const sessions = new Set<ServerHttp2Session>();
    let calls = 0;
    const server = createHttp2Server();
    server.on("session", (session) => sessions.add(session));
    server.on("stream", (stream: ServerHttp2Stream) => {
      stream.on("error", () => undefined);
      calls++;
      if (calls <= refusals) return stream.close(constants.NGHTTP2_REFUSED_STREAM);
      if (refusals === 0 && calls === 1) {
        if (!afterHeaders) return void stream.session?.destroy();
        stream.respond({ ":status": 200, "content-type": "application/grpc" });
        return void setTimeout(() => stream.session?.destroy(), 50);
      }
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.end(Buffer.alloc(5));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
      target: `dns:///127.0.0.1:${(server.address() as AddressInfo).port}`,
      calls: () => calls,
      close: () => {
        for (const session of sessions) session.destroy();
        server.close();
      },
    };
  };

  it("is sent again where it is idempotent", async () => {
    const server = await breakOnce();
    const { client, close } = connect(ClassifierServiceDefinition, server.target);
    await expect(client.classify(ClassifyRequest.create())).resolves.toBeDefined();
    expect(server.calls()).toBe(2);
    close();
    server.close();
  });

  it("is sent again where it is idempotent, even after the beginning of an answer", async () => {
    const server = await breakOnce(0, true);
    const { client, close } = connect(ClassifierServiceDefinition, server.target);
    await expect(client.classify(ClassifyRequest.create())).resolves.toBeDefined();
    expect(server.calls()).toBe(2);
    close();
    server.close();
  });

  it("is sent again whatever it is where servers refused it unseen", async () => {
    const server = await breakOnce(3);
    const { client, close } = connect(ProviderServiceDefinition, server.target);
    await expect(client.complete(CompleteRequest.create())).resolves.toBeDefined();
    expect(server.calls()).toBe(4);
    close();
    server.close();
  });

  it("is sent again as a stream that brought nothing yet, and no further than it makes sense", async () => {
    const server = await breakOnce(100);
    const { client, close } = connect(ProviderServiceDefinition, server.target);
    const stream = client.streamComplete(StreamCompleteRequest.create());
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: Status.UNAVAILABLE });
    expect(server.calls()).toBeGreaterThan(4);
    expect(server.calls()).toBeLessThanOrEqual(8);
    close();
    server.close();
  });

  it("fails where a second try may cost money", async () => {
    const server = await breakOnce();
    const { client, close } = connect(ProviderServiceDefinition, server.target);
    await expect(client.complete(CompleteRequest.create())).rejects.toMatchObject({ code: Status.UNAVAILABLE });
    expect(server.calls()).toBe(1);
    close();
    server.close();
  });

  it("is not sent again when it was the handler that said so", async () => {
    let calls = 0;
    const server = await serve(
      [
        service(ClassifierServiceDefinition, {
          classifyBatch,
          classify: async () => {
            calls++;
            throw new RpcError({
              code: Status.UNAVAILABLE,
              reason: "BUDGET_UNAVAILABLE",
              message: "the store is away",
            });
          },
        }),
      ],
      { listen: "127.0.0.1:0", logger, maxMessageBytes: 1024 },
    );
    const { client, close } = connect(ClassifierServiceDefinition, `dns:///${server.address}`);
    await expect(client.classify(ClassifyRequest.create())).rejects.toMatchObject({ message: "the store is away" });
    expect(calls).toBe(1);
    close();
    await server.drain(1_000);
  });
});

describe("a client over the network", () => {
  it("connects before anything is called", async () => {
    const connected = Promise.withResolvers<void>();
    const listener = createServer((socket) => {
      connected.resolve();
      socket.destroy();
    });
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    const { port } = listener.address() as AddressInfo;
    const { close } = connect(ClassifierServiceDefinition, `dns:///127.0.0.1:${port}`);
    await connected.promise;
    close();
    await new Promise<void>((resolve) => listener.close(() => resolve()));
  });

  it("bears with peers that are away at the start, silently, and finds one that comes", async () => {
    const printed = [vi.spyOn(console, "error"), vi.spyOn(process.stderr, "write"), vi.spyOn(process.stdout, "write")];
    const faults: unknown[] = [];
    const note = (fault: unknown) => void faults.push(fault);
    process.on("uncaughtExceptionMonitor", note);
    process.on("unhandledRejection", note);
    const start = (listen: string) =>
      serve(
        [service(ClassifierServiceDefinition, { classify: async () => ClassifyResponse.create(), classifyBatch })],
        {
          listen,
          logger,
          maxMessageBytes: 1024,
        },
      );
    const gone = await start("127.0.0.1:0");
    await gone.drain(1_000);
    const nowhere = connect(ClassifierServiceDefinition, "dns:///nowhere.invalid:50052");
    const { client, close } = connect(ClassifierServiceDefinition, `dns:///${gone.address}`);
    const ask = () => client.classify(ClassifyRequest.create());
    await expect(ask()).rejects.toMatchObject({ reason: "SERVICE_UNAVAILABLE" });
    await expect(nowhere.client.classify(ClassifyRequest.create())).rejects.toMatchObject({ code: Status.UNAVAILABLE });
    const back = await start(gone.address);
    await expect
      .poll(
        () =>
          ask().then(
            () => true,
            () => false,
          ),
        { timeout: 10_000 },
      )
      .toBe(true);
    close();
    nowhere.close();
    await back.drain(1_000);
    process.off("uncaughtExceptionMonitor", note);
    process.off("unhandledRejection", note);
    const lines = printed.flatMap((spy) => spy.mock.calls);
    for (const spy of printed) spy.mockRestore();
    expect(lines).toEqual([]);
    expect(faults).toEqual([]);
  });
});

describe("a service that is away", () => {
  it("keeps its address from the caller, but not from the log", async () => {
    const { client, close } = connect(ClassifierServiceDefinition, "dns:///127.0.0.1:1");
    const failure = await client.classify(ClassifyRequest.create()).catch((error: unknown) => error as RpcError);
    expect(failure).toMatchObject({
      reason: "SERVICE_UNAVAILABLE",
      message: "a service of the platform cannot be reached",
    });
    expect((failure as RpcError).cause).toHaveProperty("message", expect.stringContaining("127.0.0.1"));
    close();
  });
});
