import { afterEach, describe, expect, it } from "vitest";
import { completeOnce, streamOnce } from "../domain/attempt.ts";
import { type AttemptBench, collect, setUpBench } from "../testing/attempt-bench.ts";
import { contentOf, question } from "../testing/requests.ts";
import {
  beginStream,
  contentEvent,
  type Exchange,
  fixture,
  sendJson,
  sendStream,
} from "../testing/scripted-provider.ts";

let bench: AttemptBench;
let script: (exchange: Exchange) => void;
const answer = ({ body, response }: Exchange) =>
  body.stream ? sendStream(response, fixture("openai-stream.sse")) : sendJson(response, fixture("openai-chat.json"));

async function setUp(configured: { keys: readonly string[]; weights?: readonly number[] }) {
  script = answer;
  bench = await setUpBench((exchange) => script(exchange), configured);
}
afterEach(() => bench.close());

const keyOf = ({ headers }: Exchange) => headers.authorization?.slice("Bearer ".length);
const never = new AbortController().signal;
const complete = (signal = never) => completeOnce(bench.parts, bench.target, question(), signal);
const stream = (signal = never) => streamOnce(bench.parts, bench.target, question(), signal);
/** The keys that the provider was asked with since the last look. */
function keysAsked(): string[] {
  const keys = bench.upstream.exchanges.slice(looked).map((exchange) => keyOf(exchange) ?? "");
  looked = bench.upstream.exchanges.length;
  return keys;
}
let looked = 0;
afterEach(() => {
  looked = 0;
});

/** Answers 429 to some keys: for so many seconds, or without a word of when. */
const limit =
  (seconds: Readonly<Record<string, number | undefined>>) =>
  (exchange: Exchange): void => {
    const key = keyOf(exchange) ?? "";
    const after = seconds[key];
    if (!Object.hasOwn(seconds, key)) answer(exchange);
    else sendJson(exchange.response, {}, 429, after === undefined ? {} : { "retry-after": String(after) });
  };

describe("keys", () => {
  it("are used in turn", async () => {
    await setUp({ keys: ["one", "two"] });
    for (let call = 0; call < 4; call++) await complete();
    expect(keysAsked()).toEqual(["one", "two", "one", "two"]);
  });

  it("are used by weight, exactly", async () => {
    await setUp({ keys: ["one", "two"], weights: [3, 1] });
    for (let call = 0; call < 4; call++) await complete();
    for (let call = 0; call < 4; call++) await collect(stream());
    expect(keysAsked()).toEqual(["one", "one", "two", "one", "one", "one", "two", "one"]);
  });

  it("that are busy with a stream are passed over until it ends", async () => {
    await setUp({ keys: ["one", "two"] });
    const arrived = bench.upstream.next();
    script = ({ response }) => {
      beginStream(response);
      response.write(contentEvent("Hi"));
    };
    const open = stream();
    await open.next();
    script = answer;
    for (let call = 0; call < 3; call++) await complete();
    expect(keysAsked()).toEqual(["one", "two", "two", "two"]);
    (await arrived).response.end(contentEvent("", "stop"));
    await collect(open);
    for (let call = 0; call < 4; call++) await complete();
    expect(keysAsked().sort()).toEqual(["one", "one", "two", "two"]);
  });

  const breakOff = ({ response }: Exchange) => {
    beginStream(response);
    response.write(contentEvent("Hi"), () => response.destroy());
  };
  const beginOnly = ({ response }: Exchange) => {
    beginStream(response);
    response.write(contentEvent("Hi"));
  };
  it.each<[string, (exchange: Exchange) => void, (caller: AbortController) => Promise<unknown>]>([
    ["an answer", answer, () => complete()],
    ["a stream", answer, () => collect(stream())],
    ["an error", ({ response }) => sendJson(response, {}, 500), () => complete().catch(() => undefined)],
    ["a refused stream", ({ response }) => sendJson(response, {}, 500), () => collect(stream())],
    ["no answer but JSON", ({ response }) => sendJson(response, "{}"), () => collect(stream())],
    ["a connection that breaks", ({ response }) => response.destroy(), () => complete().catch(() => undefined)],
    ["a stream that breaks", breakOff, () => collect(stream())],
    ["a chunk that is none", ({ response }) => sendStream(response, "data: {oops\n\n"), () => collect(stream())],
    [
      "a stream that its reader leaves",
      beginOnly,
      async () => {
        for await (const _chunk of stream()) break;
      },
    ],
    [
      "a stream that is cancelled while nobody reads it",
      beginOnly,
      async (caller) => {
        await stream(caller.signal).next();
        caller.abort();
      },
    ],
    [
      "a stream that is cancelled before it begins",
      () => undefined,
      async (caller) => {
        const arrived = bench.upstream.next();
        const collected = collect(stream(caller.signal));
        await arrived;
        caller.abort();
        await collected;
      },
    ],
    [
      "an answer that is cancelled",
      () => undefined,
      async (caller) => {
        const arrived = bench.upstream.next();
        const failed = complete(caller.signal).catch(() => undefined);
        await arrived;
        caller.abort();
        await failed;
      },
    ],
    [
      "a stream that stalls",
      beginOnly,
      async () => {
        const stalled = stream();
        await stalled.next();
        const collected = collect(stalled);
        bench.clock.advance(20_000);
        await collected;
      },
    ],
    [
      "a stream that nobody reads on until its time is over",
      beginOnly,
      async () => {
        await stream().next();
        bench.clock.advance(300_000);
      },
    ],
    [
      "a caller that is gone already",
      answer,
      async (caller) => {
        caller.abort();
        await complete(caller.signal).catch(() => undefined);
      },
    ],
  ])("are free again after %s", async (_what, scripted, use) => {
    await setUp({ keys: ["one", "two"] });
    script = scripted;
    await use(new AbortController());
    keysAsked();
    script = answer;
    for (let call = 0; call < 4; call++) await complete();
    expect(keysAsked().sort()).toEqual(["one", "one", "two", "two"]);
  });
});

describe("a key that the provider refuses", () => {
  it("costs the request nothing while another is left", async () => {
    await setUp({ keys: ["revoked", "two"] });
    script = (exchange) =>
      keyOf(exchange) === "revoked"
        ? sendJson(exchange.response, { error: { message: "revoked" } }, 401)
        : answer(exchange);
    for (let call = 0; call < 3; call++) await complete();
    expect(keysAsked()).toEqual(["revoked", "two", "two", "two"]);
  });

  it("fails the request when it is the last", async () => {
    await setUp({ keys: ["one", "two"] });
    script = ({ response }) => sendJson(response, { error: { message: "no" } }, 403);
    await expect(complete()).rejects.toMatchObject({ reason: "UPSTREAM_AUTHENTICATION" });
    expect(keysAsked()).toHaveLength(2);
  });
});

describe("a key that the provider limits", () => {
  it.each([
    ["a whole answer", () => complete()],
    ["a stream", async () => expect((await collect(stream())).error).toBeUndefined()],
  ])("costs %s nothing while another is left, and is left alone as long as the provider wants", async (_what, ask) => {
    await setUp({ keys: ["one", "two"] });
    script = limit({ one: 7 });
    await ask();
    await ask();
    expect(keysAsked()).toEqual(["one", "two", "two"]);
    script = answer;
    bench.clock.advance(6_999);
    await ask();
    expect(keysAsked()).toEqual(["two"]);
    bench.clock.advance(1);
    for (let call = 0; call < 2; call++) await ask();
    expect(keysAsked().sort()).toEqual(["one", "two"]);
    expect(bench.endings).toEqual(Array(5).fill("completed"));
  });

  it("is left alone for a second where the provider does not say, and for a minute at most", async () => {
    await setUp({ keys: ["one", "two", "three"] });
    script = limit({ one: undefined, two: 3_600 });
    await complete();
    script = answer;
    bench.clock.advance(1_000);
    for (let call = 0; call < 4; call++) await complete();
    expect(new Set(keysAsked().slice(3))).toEqual(new Set(["one", "three"]));
    bench.clock.advance(59_000);
    for (let call = 0; call < 4; call++) await complete();
    expect(new Set(keysAsked())).toEqual(new Set(["one", "two", "three"]));
  });

  it.each([
    ["a whole answer", () => complete().catch((error: unknown) => error)],
    ["a stream", async () => (await collect(stream())).error],
  ])("fails %s when all are limited, with the shortest delay of all", async (_what, ask) => {
    await setUp({ keys: ["one", "two", "three"] });
    script = limit({ one: 9, two: 4, three: 3_600 });
    expect(await ask()).toMatchObject({
      code: 8,
      reason: "UPSTREAM_RATE_LIMITED",
      retryDelayMs: 4_000,
      metadata: { provider: "acme", http_status: "429" },
    });
    expect(keysAsked()).toEqual(["one", "two", "three"]);
    bench.clock.advance(1_000);
    script = limit({ two: 20 });
    expect(await ask()).toMatchObject({ reason: "UPSTREAM_RATE_LIMITED", retryDelayMs: 8_000 });
    expect(keysAsked()).toEqual(["two"]);
  });

  it("says nothing of a delay when the provider does not", async () => {
    await setUp({ keys: ["one", "two"] });
    script = limit({ one: undefined, two: undefined });
    const failure = await complete().catch((error: unknown) => error as { retryDelayMs: unknown });
    expect(failure).toMatchObject({ reason: "UPSTREAM_RATE_LIMITED", retryDelayMs: undefined });
  });

  it("is why the request fails even where the last key was refused", async () => {
    await setUp({ keys: ["one", "two"] });
    script = (exchange) =>
      keyOf(exchange) === "two" ? sendJson(exchange.response, {}, 401) : limit({ one: 3 })(exchange);
    await expect(complete()).rejects.toMatchObject({ reason: "UPSTREAM_RATE_LIMITED", retryDelayMs: 3_000 });
    expect(keysAsked()).toEqual(["one", "two"]);
  });

  it("is asked every time when it is the only one, and its delay is passed on as it is", async () => {
    await setUp({ keys: ["one"] });
    for (const seconds of [3_600, 0, 5]) {
      script = limit({ one: seconds });
      await expect(complete()).rejects.toMatchObject({ retryDelayMs: seconds * 1_000 });
    }
    script = answer;
    await complete();
    expect(keysAsked()).toEqual(["one", "one", "one", "one"]);
  });

  it("ends a stream that has begun: no other key is asked", async () => {
    await setUp({ keys: ["one", "two"] });
    script = ({ response }) =>
      sendStream(
        response,
        `${contentEvent("Hi")}data: ${JSON.stringify({ error: { code: 429, message: "slow" } })}\n\n`,
      );
    const { items, error } = await collect(stream());
    expect(contentOf(items)).toBe("Hi");
    expect(error).toMatchObject({ reason: "UPSTREAM_RATE_LIMITED" });
    expect(keysAsked()).toEqual(["one"]);
  });
});

it("goes on with no other key after an error that is about none", async () => {
  await setUp({ keys: ["one", "two"] });
  script = ({ response }) => sendJson(response, {}, 503);
  await expect(complete()).rejects.toMatchObject({ reason: "UPSTREAM_UNAVAILABLE" });
  expect(keysAsked()).toEqual(["one"]);
});
