import { beforeEach, describe, expect, it } from "vitest";
import { choice } from "../../domain/policies/policy.contract.ts";
import {
  chunksIn,
  type DispatchBench,
  dispatchBench,
  readAll,
  refusalOf,
  says,
  settled,
  textIn,
} from "../../testing/dispatch-bench.ts";
import { model, response, usage } from "../../testing/fixtures.ts";
import { pieces, silence } from "../../testing/scripted-provider.ts";
import { AttemptFailure } from "./attempt-failure.ts";

const down = new AttemptFailure("UPSTREAM_UNAVAILABLE", "503");
const refused = new AttemptFailure("UPSTREAM_CONTENT_FILTER", "not this");
const truncated = [[response("half of it", "length")]];

describe("a cascade", () => {
  let bench: DispatchBench;

  beforeEach(() => {
    bench = dispatchBench();
  });

  const whole = (checks = {}, more = {}) => bench.whole({ cascade: checks, ...more });
  const trial = () => bench.outcome().trial;

  it("gives the answer of the cheaper model where nothing is wrong with it", async () => {
    bench.follow({ a: says("Paris") });
    expect(await whole()).toBe("Paris");
    expect(bench.attempts()).toEqual(["a ok"]);
    expect(trial()).toEqual({ verdict: "accepted", finding: undefined });
    expect(bench.outcome().answeredBy?.isAdequate).toBe(true);
  });

  it("goes up from an answer that is not accepted, books it once, and calls it no fallback", async () => {
    bench.follow({ a: truncated, b: says("all of it") });
    expect(await whole()).toBe("all of it");
    expect(bench.attempts()).toEqual(["a INADEQUATE", "b ok"]);
    expect(bench.outcome().attempts[0]).toMatchObject({ usage: { outputTokens: 20n } });
    expect(trial()).toMatchObject({ verdict: "escalated", finding: { reason: "truncated" } });
    expect(bench.observer.events).toEqual([]);
  });

  it("asks no other place of the model whose answer was not accepted", async () => {
    const at = (provider: string) => ({ model: "a", provider, rank: 0, weight: 1 });
    const models = [model("a", { deployments: [at("one"), at("two")] }), model("b")] as const;
    bench.follow({ a: truncated, b: says("all of it") });
    expect(await whole({}, { models })).toBe("all of it");
    expect(bench.attempts()).toEqual(["a INADEQUATE", "b ok"]);
  });

  it("takes a model whose answers are not accepted for healthy all the same", async () => {
    const a = model("a");
    bench.follow({ a: truncated, b: says("all of it") });
    for (let request = 0; request < 10; request++) await whole({}, { models: [a, model("b")] });
    expect(bench.fleet().of(a.deployments[0]).breaker.isAdmitting()).toBe(true);
  });

  it("is an ordinary request with fallbacks where the cheaper model fails", async () => {
    bench.follow({ a: [[refused.meaning("next_model")]], b: says("rescued") });
    expect(await whole()).toBe("rescued");
    expect(trial()).toEqual({ verdict: "failed", finding: undefined });
  });

  it("gives the answer that was not accepted rather than an error, as second best", async () => {
    bench.follow({ a: truncated, b: [[down]] });
    expect(await whole()).toBe("half of it");
    expect(trial()?.verdict).toBe("kept");
    expect(bench.outcome().refusal).toBeUndefined();
    expect(bench.outcome().answeredBy).toMatchObject({ isAdequate: false, model: { id: "a" } });
    expect(bench.attempts().filter((one) => one.startsWith("a"))).toEqual(["a ok"]);
  });

  it("gives it, too, where the deadline passes on the way up, but not to a caller who went away", async () => {
    const late = new AbortController();
    bench.follow({ a: truncated, b: [[silence]] });
    const answer = whole({}, { incoming: { deadline: 9_000, signal: late.signal } });
    await settled();
    bench.clock.advance(9_000);
    late.abort();
    expect(await answer).toBe("half of it");
    const gone = new AbortController();
    const refusal = refusalOf(whole({}, { incoming: { deadline: 90_000, signal: gone.signal } }));
    await settled();
    gone.abort();
    expect(await refusal).toMatchObject({ reason: "CANCELLED" });
  });

  it("has nothing to give where the cheaper model wrote nothing", async () => {
    bench.follow({ a: says(""), b: [[refused]] });
    expect(await refusalOf(whole())).toMatchObject({ reason: "UPSTREAM_CONTENT_FILTER" });
    expect(trial()).toMatchObject({ verdict: "escalated", finding: { reason: "empty" } });
  });

  it("books what a judge reads and writes as a check, and goes by its word", async () => {
    const judge = choice(model("judge"), 0.9, 10);
    bench.follow({ a: says("Paris"), judge: says("GOOD"), b: says("unused") });
    expect(await whole({ judge })).toBe("Paris");
    expect(bench.attempts()).toEqual(["judge CHECK", "a ok"]);
    bench.follow({ a: says("Lyon"), judge: says("Bad."), b: says("Paris") });
    expect(await whole({ judge })).toBe("Paris");
    expect(bench.attempts()).toEqual(["judge CHECK", "a INADEQUATE", "b ok"]);
  });

  it("goes up where the judge cannot be asked", async () => {
    bench.follow({ a: says("Lyon"), judge: [[down]], b: says("Paris") });
    expect(await whole({ judge: choice(model("judge"), 0.9, 10) })).toBe("Paris");
    expect(bench.attempts()).toEqual(["judge UPSTREAM_UNAVAILABLE", "a INADEQUATE", "b ok"]);
  });

  it("asks twice for a short answer, and goes up where the two differ", async () => {
    bench.follow({ a: [[response("Paris.")], [response("paris")]], b: says("unused") });
    expect(await whole({ samplesTwice: true })).toBe("Paris.");
    bench.follow({
      a: [[response("Lyon")], [response("Lyon")], [response("Lyon")], [response("Nice")]],
      b: says("Paris"),
    });
    expect(await whole({ samplesTwice: true })).toBe("Paris");
    expect(bench.attempts()).toEqual(["a CHECK", "a INADEQUATE", "b ok"]);
  });

  it("lets nothing of a stream out before it was checked", async () => {
    const end = { usage: usage(10n, 3n) };
    bench.follow({ a: [pieces(["I", " can't", " help"], end)], b: [pieces(["Of", " course"], end)] });
    const read = await readAll(await bench.stream({ cascade: {} }));
    expect(textIn(read)).toBe("Of course");
    expect(bench.attempts()).toEqual(["a INADEQUATE", "b ok"]);
    bench.follow({ a: [pieces(["Of", " course"], end)] });
    const accepted = await readAll(await bench.stream({ cascade: {} }));
    expect(textIn(accepted)).toBe("Of course");
    expect(chunksIn(accepted).length).toBeGreaterThan(3);
    expect(bench.attempts()).toEqual(["a ok"]);
  });

  it("begins a stream anew at the next model where the cheaper one breaks off unseen", async () => {
    bench.follow({ a: [[...pieces(["half"]), down]], b: [pieces(["whole"], { usage: usage(1n, 1n) })] });
    expect(textIn(await readAll(await bench.stream({ cascade: {} })))).toBe("whole");
    expect(trial()?.verdict).toBe("failed");
  });

  it("streams an answer that was not accepted where no other comes", async () => {
    bench.follow({ a: [pieces(["I can't help"], { usage: usage(1n, 1n) })], b: [[down]] });
    expect(textIn(await readAll(await bench.stream({ cascade: {} })))).toBe("I can't help");
    expect(bench.outcome().trial?.verdict).toBe("kept");
    expect(bench.attempts()).toContain("a ok");
  });
});
