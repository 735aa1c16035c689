import { getEventListeners } from "node:events";
import { beforeEach, describe, expect, it } from "vitest";
import {
  type Asking,
  chunksIn,
  type DispatchBench,
  dispatchBench,
  readAll,
  refusalOf,
  settled,
  textIn,
} from "../../testing/dispatch-bench.ts";
import { estimateTokens, model, resiliencePolicy, usage } from "../../testing/fixtures.ts";
import { chunk, pause, pieces, silence } from "../../testing/scripted-provider.ts";
import { textOf } from "../shape.ts";
import { AttemptFailure } from "./attempt-failure.ts";
import { isContinuation, type Piece } from "./deliver-stream.ts";

const cut = new AttemptFailure("UPSTREAM_BROKEN_ANSWER", "the connection was lost");
const refused = new AttemptFailure("UPSTREAM_INVALID_REQUEST", "no such last message");
const prefilled = { capabilities: new Set(["prefill"]) };
const [a, b, c] = [model("a"), model("b"), model("c")];
const rest = (texts: readonly string[]) => pieces(texts, { id: "second", usage: usage(30n, 4n) });

describe("a stream that is dispatched", () => {
  let bench: DispatchBench;

  beforeEach(() => {
    bench = dispatchBench();
  });

  const read = async (asking?: Asking) => readAll(await bench.stream(asking));
  /** Reads what comes and the error behind it. */
  const readBroken = async (asking?: Asking) => {
    const got: Piece[] = [];
    const refusal = await refusalOf(
      (async () => {
        for await (const piece of await bench.stream(asking)) got.push(piece);
      })(),
    );
    return { text: textIn(got), refusal };
  };
  const chatOf = (index: number) => bench.provider.asked[index]?.chat;
  const nothingLeft = async () => {
    await settled();
    expect(bench.provider.openCount()).toBe(0);
    expect(bench.outstanding(a, b, c)).toBe(0);
    expect(bench.outcomes).toHaveLength(1);
  };

  it("arrives as it was sent", async () => {
    const sent = pieces(["one ", "two"], { usage: usage(5n, 2n) });
    bench.follow({ a: [sent] });
    expect(await read()).toEqual(sent);
    expect(bench.outcome().attempts).toEqual([
      expect.objectContaining({ outcome: "ok", usage: usage(5n, 2n), usageEstimated: false }),
    ]);
    expect(bench.outcome().response?.choices[0]?.finishReason).toBe("stop");
    await nothingLeft();
  });

  it("is whole once it has said why it ended, whatever breaks after that", async () => {
    bench.follow({ a: [[...pieces(["all"], {}), cut]] });
    expect(textIn(await read())).toBe("all");
    expect(bench.attempts()).toEqual(["a ok"]);
    await nothingLeft();
  });

  it("is not whole where it breaks before each choice that was asked for has begun and ended", async () => {
    bench.follow({ a: [[...pieces(["first"], {}), cut]] });
    const { text, refusal } = await readBroken({ chat: { n: 2 } });
    expect(text).toBe("first");
    expect(refusal.reason).toBe("UPSTREAM_BROKEN_ANSWER");
    expect(bench.outcome().response).toBeUndefined();
    await nothingLeft();
  });

  it("leaves no listener at its caller", async () => {
    const { signal } = new AbortController();
    bench.follow({ a: [pieces(["one"], {})], b: [[...pieces(["one"]), cut]] });
    for (let request = 0; request < 50; request++) {
      await read({ incoming: { signal } });
      await read({ incoming: { signal }, models: [b, a] });
    }
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("hangs up where a chunk makes no sense, and another model answers", async () => {
    bench.follow({ a: [[chunk(undefined, { delta: { extraJson: "{" } }), silence]], b: [pieces(["fine"], {})] });
    expect(textIn(await read())).toBe("fine");
    expect(bench.attempts()).toEqual(["a INTERNAL", "b ok"]);
    await nothingLeft();
  });

  describe("and held back", () => {
    const holdingBack = (holdBackTokens: number) =>
      bench.meetFailuresBy({ stream: { holdBackTokens, holdBackMs: 200, continueBroken: true } });

    it("begins anew elsewhere when it breaks, and nothing of the first goes out", async () => {
      holdingBack(3);
      bench.follow({
        a: [[...pieces(["one ", "two "]), cut]],
        b: [pieces(["un ", "deux ", "trois"], { id: "second" })],
      });
      const got = await read({ models: [a, b] });
      expect(textIn(got)).toBe("un deux trois");
      expect(chunksIn(got).map(({ id }) => id)).toEqual(got.map(() => "second"));
      expect(bench.outcome().continuations).toEqual([]);
      expect(bench.attempts()).toEqual(["a UPSTREAM_BROKEN_ANSWER", "a UPSTREAM_BROKEN_ANSWER", "b ok"]);
    });

    it("counts tokens of the answer, not the chunks around it", async () => {
      holdingBack(2);
      bench.follow({ a: [[...pieces(["one"]), cut]], b: [pieces(["un"], {})] });
      expect(textIn(await read())).toBe("un");
    });

    it("goes out after a while where it is slow, and loses no chunk", async () => {
      holdingBack(5);
      const sent = pieces(["one ", "two ", "three"], {});
      bench.follow({ a: [[...sent.slice(0, 2), pause(500), ...sent.slice(2)]] });
      const opening = bench.stream();
      await settled();
      bench.clock.advance(199);
      await settled();
      expect(bench.provider.openCount()).toBe(1);
      bench.clock.advance(1);
      const reading = opening.then(readAll);
      await settled();
      bench.clock.advance(300);
      expect(await reading).toEqual(sent);
    });

    it("goes out at once where the answer is shorter", async () => {
      holdingBack(5);
      bench.follow({ a: [pieces(["one"], {})] });
      expect(textIn(await read())).toBe("one");
    });

    it("meets a break that comes while a slow chunk is awaited", async () => {
      holdingBack(5);
      bench.follow({ a: [[...pieces(["one "]), pause(500), cut]], b: [rest(["two"])] });
      const opening = bench.stream();
      await settled();
      bench.clock.advance(200);
      const reading = opening.then(readAll);
      await settled();
      bench.clock.advance(300);
      expect(textIn(await reading)).toBe("one two");
    });

    it("hangs up at once where its caller goes away while a slow chunk is awaited", async () => {
      holdingBack(5);
      const caller = new AbortController();
      bench.follow({ a: [[...pieces(["one "]), silence]] });
      const opening = bench.stream({ incoming: { signal: caller.signal } });
      await settled();
      bench.clock.advance(200);
      await opening;
      caller.abort();
      expect(bench.attempts()).toEqual(["a CANCELLED"]);
      await nothingLeft();
    });
  });

  describe("and broken after text went out", () => {
    const broken = (...texts: readonly string[]) => [[...pieces(texts), cut]];

    it("goes on with another model: one text, one role, one id, one sum of usage", async () => {
      bench.follow({ a: broken("The river ", "turns "), b: [rest(["the ", "wheels."])] });
      const got = await read();
      expect(textIn(got)).toBe("The river turns the wheels.");
      const chunks = chunksIn(got);
      expect(new Set(chunks.map(({ id }) => id))).toEqual(new Set(["first"]));
      const roles = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta?.role ?? "ROLE_UNSPECIFIED"));
      expect(roles.filter((role) => role !== "ROLE_UNSPECIFIED")).toHaveLength(1);
      const { attempts, response, continuations } = bench.outcome();
      const spent = attempts.map(({ usage: used }) => used);
      expect(chunks.at(-1)?.usage).toMatchObject({
        inputTokens: (spent[0]?.inputTokens ?? 0n) + 30n,
        outputTokens: (spent[0]?.outputTokens ?? 0n) + 4n,
      });
      expect(response?.choices[0]).toMatchObject({
        finishReason: "stop",
        message: { content: [{ part: { value: "The river turns the wheels." } }] },
      });
      expect(continuations).toEqual([
        { fromModel: "a", model: "b", cause: "UPSTREAM_BROKEN_ANSWER", method: "prompt", afterCharacters: 16n },
      ]);
      expect(got.filter(isContinuation)).toEqual(continuations);
      expect(bench.attempts()).toEqual(["a UPSTREAM_BROKEN_ANSWER", "b ok"]);
      expect(bench.observer.events).toEqual(["a fell back to b: UPSTREAM_BROKEN_ANSWER", "b goes on for a by prompt"]);
      await nothingLeft();
    });

    it("prefills where the model takes it, and asks in so many words where it does not", async () => {
      const writer = model("b", prefilled);
      bench.follow({ a: broken("The river "), b: [rest(["turns."])] });
      expect(textIn(await read({ models: [a, writer] }))).toBe("The river turns.");
      expect(bench.outcome().continuations[0]?.method).toBe("prefill");
      expect(chatOf(1)?.messages.at(-1)).toMatchObject({
        role: "ROLE_ASSISTANT",
        content: [{ part: { value: "The river" } }],
      });
      await read({ models: [a, b] });
      expect(
        chatOf(3)
          ?.messages.slice(-2)
          .map(({ role }) => role),
      ).toEqual(["ROLE_ASSISTANT", "ROLE_USER"]);
    });

    it("asks the same model in so many words after it has refused a prefill", async () => {
      bench.follow({ a: broken("The river "), b: [[refused], rest(["turns."])] });
      expect(textIn(await read({ models: [a, model("b", prefilled)] }))).toBe("The river turns.");
      expect(bench.outcome().continuations[0]?.method).toBe("prompt");
      expect(bench.attempts()).toEqual(["a UPSTREAM_BROKEN_ANSWER", "b UPSTREAM_INVALID_REQUEST", "b ok"]);
      await nothingLeft();
    });

    it("goes to the next model where one takes no continuation at all", async () => {
      bench.follow({ a: broken("The river "), b: [[refused]], c: [rest(["turns."])] });
      expect(textIn(await read({ models: [a, model("b", prefilled), c] }))).toBe("The river turns.");
      expect(bench.outcome().answeredBy?.model.id).toBe("c");
    });

    it("still bounds the second way of asking by limit and caller", async () => {
      const writer = model("b", prefilled);
      bench.follow({ a: broken("The river "), b: [[refused], [silence]], c: [rest(["turns."])] });
      const reading = read({ models: [a, writer, c], incoming: { deadline: 9_000 } });
      await settled();
      bench.clock.advance(6_000);
      expect(textIn(await reading)).toBe("The river turns.");
      expect(bench.attempts()).toEqual([
        "a UPSTREAM_BROKEN_ANSWER",
        "b UPSTREAM_INVALID_REQUEST",
        "b UPSTREAM_TIMEOUT",
        "c ok",
      ]);
      await nothingLeft();
    });

    it("asks anew where no text had gone out", async () => {
      const thinking = chunk(undefined, { delta: { extraJson: '{"reasoning_content":"hm"}' } });
      bench.follow({ a: [[thinking, cut]], b: [rest(["Well."])] });
      expect(textIn(await read())).toBe("Well.");
      expect(bench.outcome().continuations[0]?.method).toBe("anew");
      expect(chatOf(1)?.messages).toEqual(chatOf(0)?.messages);
    });

    it("goes on again where the second breaks too, from all that went out", async () => {
      const long = "wheels of the many mills along its banks, from the hills to the sea, ";
      bench.follow({ a: broken("The river "), b: broken("turns the ", long), c: [rest(["day by day."])] });
      const got = await read({ models: [a, b, c] });
      expect(textIn(got)).toBe(`The river turns the ${long}day by day.`);
      const { continuations, attempts } = bench.outcome();
      expect(continuations.map(({ fromModel, model: to }) => `${fromModel} ${to}`)).toEqual(["a b", "b c"]);
      const last = chunksIn(got).at(-1);
      const input = attempts.reduce((sum, { usage: used }) => sum + (used?.inputTokens ?? 0n), 0n);
      expect(last?.usage?.inputTokens).toBe(input);
      await nothingLeft();
    });

    it("goes back to the model that broke where there is no other", async () => {
      bench.follow({ a: [...broken("The river "), rest(["turns."])] });
      expect(textIn(await read({ models: [a] }))).toBe("The river turns.");
      expect(bench.clock.slept).toEqual([100]);
    });

    it("tells what both took also where the second does not report it", async () => {
      bench.follow({ a: broken("The river turns the wheels of "), b: [pieces(["mills."], {})] });
      const told = chunksIn(await read()).filter((chunk) => chunk.usage);
      const [first, second] = bench.outcome().attempts.map(({ usage }) => usage?.inputTokens ?? 0n);
      expect(told.map((chunk) => chunk.usage?.inputTokens)).toEqual([(first ?? 0n) + (second ?? 0n)]);
    });

    it("counts all that the second was asked as input where it does not report what it took", async () => {
      bench.follow({ a: broken("The river turns the wheels of "), b: [pieces(["mills."], {})] });
      await read();
      const [first, second] = bench.outcome().attempts;
      expect(second?.usageEstimated).toBe(true);
      const added = chatOf(1)?.messages.slice(-2) ?? [];
      const tokens = added.map((message) => 4 + estimateTokens(textOf(message)));
      const difference = (second?.usage?.inputTokens ?? 0n) - (first?.usage?.inputTokens ?? 0n);
      expect(Number(difference)).toBe(tokens.reduce((sum, one) => sum + one, 0));
    });

    it("may write what the caller's bound leaves, however little that is", async () => {
      bench.follow({ a: broken("x".repeat(3_980)), b: [rest([" y"])] });
      expect(textIn(await read())).toHaveLength(3_982);
      expect(chatOf(1)?.maxTokens).toBe(5);
    });

    const notContinued: readonly [string, Asking][] = [
      ["of several choices", { chat: { n: 2 } }],
      ["in JSON", { chat: { responseFormat: { format: { $case: "jsonObject", value: {} } } } }],
      ["that nobody pays more for", { reserved: { tokens: 30n, costUsdNanos: 1_000_000n } }],
      ["that no money is left for", { reserved: { tokens: 1_000_000n, costUsdNanos: 1n } }],
      ["that has written all it may", { chat: {} }],
    ];
    it.each(notContinued)("ends with an error where it is one %s", async (name, asking) => {
      const text = name.includes("all it may") ? "x".repeat(4_000) : "The river ";
      bench.follow({ a: broken(text), b: [rest(["turns."])] });
      const { text: got, refusal } = await readBroken(asking);
      expect(got).toBe(text);
      expect(refusal).toMatchObject({ reason: "UPSTREAM_BROKEN_ANSWER" });
      expect(refusal.message).toBe("the answer of a broke off: the connection was lost (a: UPSTREAM_BROKEN_ANSWER)");
      expect(bench.provider.asked).toHaveLength(1);
      expect(bench.outcome().response).toBeUndefined();
      await nothingLeft();
    });

    it("ends with an error in the middle of a tool call, which no other model can take over", async () => {
      const call = { index: 0, id: "1", name: "find", arguments: '{"ri', extraJson: "" };
      bench.follow({ a: [[chunk(undefined, { delta: { toolCalls: [call] } }), cut]], b: [rest(["turns."])] });
      expect((await readBroken()).refusal.reason).toBe("UPSTREAM_BROKEN_ANSWER");
      expect(bench.provider.asked).toHaveLength(1);
    });

    it("ends with an error where rescue is switched off", async () => {
      bench.meetFailuresBy({ stream: { ...resiliencePolicy.stream, continueBroken: false } });
      bench.follow({ a: broken("The river "), b: [rest(["turns."])] });
      expect((await readBroken()).refusal.reason).toBe("UPSTREAM_BROKEN_ANSWER");
      expect(bench.provider.asked).toHaveLength(1);
    });

    it("ends with an error after a content filter", async () => {
      const filtered = new AttemptFailure("UPSTREAM_CONTENT_FILTER", "filtered");
      bench.follow({ a: [[...pieces(["The river "]), filtered]], b: [rest(["turns."])] });
      const { refusal } = await readBroken();
      expect(refusal.details.metadata).toMatchObject({ cause: "UPSTREAM_CONTENT_FILTER" });
      expect(bench.provider.asked).toHaveLength(1);
    });

    it("ends with an error that tells of every attempt where nobody goes on", async () => {
      bench.follow({ a: broken("The river ") });
      const { refusal } = await readBroken({ models: [a, b] });
      expect(refusal).toMatchObject({ reason: "UPSTREAM_BROKEN_ANSWER" });
      expect(refusal.details.metadata).toMatchObject({
        model: "a",
        "attempt.1": "a UPSTREAM_BROKEN_ANSWER",
        "attempt.2": "b UPSTREAM_UNAVAILABLE",
      });
      expect(bench.outcome().refusal?.message).toBe(refusal.message);
      await nothingLeft();
    });

    it("is no whole answer where the second just stops", async () => {
      bench.follow({ a: broken("The river "), b: [pieces(["turns the wheels of the mill "])] });
      expect((await readBroken()).refusal.reason).toBe("UPSTREAM_BROKEN_ANSWER");
    });
  });

  describe("whose caller goes away", () => {
    let caller: AbortController;
    beforeEach(() => {
      caller = new AbortController();
    });
    const gone = (asking: Asking = {}) =>
      readBroken({ ...asking, incoming: { signal: caller.signal, ...asking.incoming } });

    it("before its first content is hung up on, and what was read of the prompt is accounted for", async () => {
      bench.follow({ a: [[silence]] });
      const reading = gone();
      await settled();
      caller.abort();
      expect((await reading).refusal.reason).toBe("CANCELLED");
      const [attempt] = bench.outcome().attempts;
      expect(attempt).toMatchObject({ outcome: "CANCELLED", usageEstimated: true, usage: { outputTokens: 0n } });
      expect(attempt?.usage?.inputTokens).toBeGreaterThan(0n);
      await nothingLeft();
    });

    it("in the middle is hung up on, and what came is accounted for", async () => {
      bench.follow({ a: [[...pieces(["The river "]), silence]] });
      const reading = gone();
      await settled();
      caller.abort();
      expect(bench.provider.asked[0]?.signal.aborted).toBe(true);
      expect(await reading).toMatchObject({ text: "The river ", refusal: { reason: "CANCELLED" } });
      expect(bench.outcome().attempts[0]?.usage?.outputTokens).toBe(3n);
      await nothingLeft();
    });

    it("while a continuation is opened is accounted for with both, once", async () => {
      bench.follow({ a: [[...pieces(["The river "]), cut]], b: [[silence]] });
      const reading = gone();
      await settled();
      caller.abort();
      expect(bench.attempts()).toEqual(["a UPSTREAM_BROKEN_ANSWER", "b CANCELLED"]);
      const { refusal } = await reading;
      expect(refusal.reason).toBe("CANCELLED");
      expect(refusal.details.metadata).toHaveProperty(["attempt.2"]);
      await nothingLeft();
    });

    it("while a continuation streams is hung up on at once", async () => {
      bench.follow({ a: [[...pieces(["The river "]), cut]], b: [[...pieces(["turns the wheels"]), silence]] });
      const reading = gone();
      await settled();
      caller.abort();
      expect(bench.provider.asked[1]?.signal.aborted).toBe(true);
      expect(bench.attempts()).toEqual(["a UPSTREAM_BROKEN_ANSWER", "b CANCELLED"]);
      expect((await reading).refusal.reason).toBe("CANCELLED");
      await nothingLeft();
    });

    it("after its deadline is told so, with its attempts", async () => {
      bench.follow({ a: [[...pieces(["The river "]), silence]] });
      const reading = gone({ incoming: { deadline: 1_000 } });
      await settled();
      bench.clock.advance(1_000);
      caller.abort({ reason: "DEADLINE_EXCEEDED" });
      const { refusal } = await reading;
      expect(refusal).toMatchObject({ reason: "DEADLINE_EXCEEDED" });
      expect(refusal.message).toContain("(a: DEADLINE_EXCEEDED)");
      await nothingLeft();
    });

    it("at its deadline, before any content, is accounted for with what was read", async () => {
      bench.follow({ a: [[silence]] });
      const opening = refusalOf(
        bench.stream({ models: [model("a")], incoming: { deadline: 1_000, signal: caller.signal } }),
      );
      await settled();
      bench.clock.advance(1_000);
      caller.abort({ reason: "DEADLINE_EXCEEDED" });
      expect(await opening).toMatchObject({ reason: "DEADLINE_EXCEEDED" });
      const [attempt] = bench.outcome().attempts;
      expect(attempt).toMatchObject({
        outcome: "DEADLINE_EXCEEDED",
        usageEstimated: true,
        usage: { outputTokens: 0n },
      });
      await nothingLeft();
    });

    it("without ever reading is hung up on all the same", async () => {
      bench.follow({ a: [[...pieces(["The river "]), silence]] });
      await bench.stream({ incoming: { signal: caller.signal } });
      caller.abort();
      expect(bench.attempts()).toEqual(["a CANCELLED"]);
      await nothingLeft();
    });

    it("by reading no further is hung up on, and what came is accounted for", async () => {
      bench.follow({ a: [pieces(["The ", "river ", "turns."], {})] });
      for await (const piece of await bench.stream()) if (textIn([piece])) break;
      expect(bench.attempts()).toEqual(["a CANCELLED"]);
      expect(bench.outcome().refusal?.message).toContain("the caller stopped reading the answer");
      await nothingLeft();
    });

    it("never gets a clean end that the ledger does not know of", async () => {
      bench.follow({ a: [[...pieces(["The river "]), pause(100), ...pieces(["turns."], {})]] });
      const stream = await bench.stream({ incoming: { signal: caller.signal } });
      caller.abort();
      const { refusal } = { refusal: await refusalOf(readAll(stream)) };
      expect(refusal.reason).toBe("CANCELLED");
      expect(bench.outcome().response).toBeUndefined();
      await nothingLeft();
    });
  });
});
