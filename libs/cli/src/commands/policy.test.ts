import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { loadConfig } from "@switchyard/config";
import {
  ComparePolicyVersionsResponse,
  ListModelsResponse,
  ListPolicyVersionsResponse,
  PinPolicyVersionResponse,
  type RecordOutcomeRequest,
  RollBackPolicyResponse,
  type RouterServiceDefinition as Router,
  RouterServiceDefinition,
} from "@switchyard/contracts/router/v1/router";
import { type Handlers, maxMessageBytes, RpcError, type RpcServer, Status, serve, service } from "@switchyard/rpc";
import { createLogger } from "@switchyard/telemetry";
import { afterEach, describe, expect, it } from "vitest";
import { type Command, CommandError, UsageError } from "../command.ts";
import { outcome } from "./outcome.ts";
import { policy } from "./policy.ts";

let server: RpcServer | undefined;
afterEach(() => server?.drain(1_000));

async function listen(handlers: Partial<Handlers<Router>>): Promise<string> {
  const all = { listModels: async () => ListModelsResponse.create({}), ...handlers };
  const options = { logger: createLogger("test", "silent"), maxMessageBytes: maxMessageBytes(loadConfig({})) };
  server = await serve([service(RouterServiceDefinition, all as Handlers<Router>)], {
    ...options,
    listen: "127.0.0.1:0",
  });
  return server.address;
}

async function run(command: Command, parameters: readonly string[]): Promise<string> {
  const output = new PassThrough();
  const written = text(output);
  await command.run(parameters, {
    environment: {},
    folder: "/",
    output,
    remarks: { isTTY: false, write: () => true } as unknown as NodeJS.WriteStream,
    input: new PassThrough(),
    signal: new AbortController().signal,
  });
  output.end();
  return written;
}

describe("the policy command", () => {
  const madeAt = new Date(Date.UTC(2026, 10, 20, 12, 30));

  it("lists versions, with a mark at the one that decides", async () => {
    const versions = [
      { name: "odds-1/t2", madeAt, outcomeCount: 1_234n, cellCount: 5, cause: "learned", active: false },
      { name: "odds-1/t1", madeAt, outcomeCount: 20n, cellCount: 2, cause: "learned", active: true, pinned: true },
    ];
    const address = await listen({
      listPolicyVersions: async () => ListPolicyVersionsResponse.fromPartial({ versions }),
    });
    const shown = await run(policy, ["list", "--address", address]);
    expect(shown).toMatch(/\n +odds-1\/t2 +2026-11-20 12:30 +1,234 +5 +learned\n/);
    expect(shown).toMatch(/\n\* +odds-1\/t1 .*learned \(pinned\)\n/);
    expect(JSON.parse(await run(policy, ["list", "--json", "--address", address])).versions).toHaveLength(2);
  });

  it("compares two versions, and says what they would have decided", async () => {
    const address = await listen({
      comparePolicyVersions: async ({ from, to }) => {
        expect([from, to]).toEqual(["odds-1/t0", "odds-1/t1"]);
        return ComparePolicyVersionsResponse.fromPartial({
          differences: [{ model: "small", task: "TASK_CODE", toOutcomeCount: 12n, toShift: -1.5 }],
          ...{ replayedCount: 100, changedCount: 7, fromCostUsdNanos: 1_000_000n, toCostUsdNanos: 2_000_000n },
        });
      },
    });
    const shown = await run(policy, ["compare", "odds-1/t0", "odds-1/t1", "--address", address]);
    expect(shown).toMatch(/small +code +0 +12 +0\.00 +-1\.50/);
    expect(shown).toContain("of the last 100 requests 7 would go to another model first: $0.001000 by odds-1/t0");
  });

  it("pins, unpins and rolls back, and says what decides now", async () => {
    const pins: string[] = [];
    const address = await listen({
      pinPolicyVersion: async ({ name }) => {
        pins.push(name);
        return PinPolicyVersionResponse.fromPartial({ active: { name: name || "odds-1/t9" } });
      },
      rollBackPolicy: async ({ name }) =>
        RollBackPolicyResponse.fromPartial({ made: { name: "odds-1/t10", cause: `rolled back to ${name}` } }),
    });
    expect(await run(policy, ["pin", "odds-1/t3", "--address", address])).toBe("odds-1/t3 decides now\n");
    expect(await run(policy, ["unpin", "--address", address])).toBe("odds-1/t9 decides now\n");
    expect(pins).toEqual(["odds-1/t3", ""]);
    const rolled = await run(policy, ["rollback", "odds-1/t3", "--address", address]);
    expect(rolled).toBe("odds-1/t10 decides now: rolled back to odds-1/t3\n");
  });

  it("says what is wrong with how it was called, and passes the router's refusal on", async () => {
    for (const wrong of [[], ["forget"], ["pin"], ["compare", "one"], ["list", "more"]]) {
      await expect(run(policy, wrong)).rejects.toThrow(UsageError);
    }
    const address = await listen({
      listPolicyVersions: async () => {
        throw new RpcError({ code: Status.PERMISSION_DENIED, reason: "PERMISSION_DENIED", message: "no operator" });
      },
    });
    await expect(run(policy, ["list", "--address", address])).rejects.toThrow(CommandError);
  });
});

describe("the outcome command", () => {
  it("sends a judgement of a request, or of what is described", async () => {
    const seen: RecordOutcomeRequest[] = [];
    const recordOutcome = async (request: RecordOutcomeRequest) => ({ recorded: seen.push(request) === 1 });
    const address = await listen({ recordOutcome });
    expect(await run(outcome, ["r-1", "--bad", "--address", address])).toBe("recorded\n");
    const described = ["--model", "small", "--task", "code", "--score", "0.5", "--source", "test"];
    expect(await run(outcome, [...described, "--address", address])).toContain("not counted again");
    expect(seen[0]).toMatchObject({
      requestId: "r-1",
      source: "OUTCOME_SOURCE_USER",
      verdict: { $case: "good", value: false },
    });
    expect(seen[1]).toMatchObject({ model: "small", task: "TASK_CODE", verdict: { $case: "score", value: 0.5 } });
  });

  it("says what is wrong with how it was called", async () => {
    const wrongs = [
      ...[["r-1"], ["r-1", "--good", "--bad"], ["r-1", "--score", "2"], ["r-1", "r-2", "--good"]],
      ...[["--good"], ["--model", "small", "--good"], ["r-1", "--good", "--source", "rumour"]],
      ["--model", "small", "--task", "cooking", "--good"],
    ];
    for (const wrong of wrongs) await expect(run(outcome, wrong)).rejects.toThrow(UsageError);
  });
});
