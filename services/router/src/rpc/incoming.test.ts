import { type Call, Metadata } from "@switchyard/rpc";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { credentialsOf, patienceOf } from "./incoming.ts";

const call = (change: Partial<Call> = {}): Call => ({
  metadata: Metadata(),
  peer: "10.0.0.7:4711",
  signal: new AbortController().signal,
  deadline: undefined,
  ...change,
});

describe("the time a caller gives", () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
  afterEach(() => void vi.useRealTimers());

  it("is its deadline, its latency bound or the default, less what the way home takes", () => {
    const left = (change: Partial<Call>, latencyBoundMs?: number) => {
      using patience = patienceOf(call(change), 60_000, latencyBoundMs);
      return patience.deadline - Date.now();
    };
    expect(left({})).toBe(59_750);
    expect(left({ deadline: Date.now() + 3_000 })).toBe(2_850);
    expect(left({ deadline: Date.now() + 5_000 }, 2_000)).toBe(1_900);
    expect(left({ deadline: Date.now() + 1_000 }, 2_000)).toBe(950);
  });

  it("is over for the signal too, whoever reads", () => {
    using patience = patienceOf(call(), 100);
    vi.advanceTimersByTime(74);
    expect(patience.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(patience.signal.aborted).toBe(true);
  });

  it("ends when the caller goes away", () => {
    const caller = new AbortController();
    using patience = patienceOf(call({ signal: caller.signal }), 60_000);
    caller.abort();
    expect(patience.signal.aborted).toBe(true);
  });

  it("leaves no timer behind", () => {
    patienceOf(call(), 60_000)[Symbol.dispose]();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a caller", () => {
  it.each([
    ["in-process", true],
    ["127.0.0.1:50123", true],
    ["[::1]:50123", true],
    ["::1:50123", true],
    ["[::ffff:127.0.0.1]:50123", true],
    ["10.0.0.7:50123", false],
    ["[2001:db8::1]:50123", false],
    ["[::ffff:10.0.0.7]:50123", false],
    ["unknown", false],
  ])("at %s is on this machine: %s", (peer, isLocal) => {
    expect(credentialsOf(call({ peer })).isLocal).toBe(isLocal);
  });
});
