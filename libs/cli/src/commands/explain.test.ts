import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { loadConfig } from "@switchyard/config";
import {
  type ExplainRequest,
  ExplainResponse,
  ListModelsResponse,
  type RouterServiceDefinition as Router,
  RouterServiceDefinition,
} from "@switchyard/contracts/router/v1/router";
import { type Handlers, maxMessageBytes, RpcError, type RpcServer, Status, serve, service } from "@switchyard/rpc";
import { createLogger } from "@switchyard/telemetry";
import { afterEach, describe, expect, it } from "vitest";
import { CommandError, UsageError } from "../command.ts";
import { explain } from "./explain.ts";

let server: RpcServer | undefined;
afterEach(() => server?.drain(1_000));

async function listen(answer: (request: ExplainRequest) => ExplainResponse): Promise<string> {
  const handlers = {
    listModels: async () => ListModelsResponse.create({}),
    explain: async (one: ExplainRequest) => answer(one),
  };
  const options = { logger: createLogger("test", "silent"), maxMessageBytes: maxMessageBytes(loadConfig({})) };
  server = await serve([service(RouterServiceDefinition, handlers as unknown as Handlers<Router>)], {
    ...options,
    listen: "127.0.0.1:0",
  });
  return server.address;
}

async function run(parameters: readonly string[], piped = ""): Promise<string> {
  const output = new PassThrough();
  const written = text(output);
  const input = new PassThrough();
  input.end(piped);
  await explain.run(parameters, {
    environment: {},
    folder: "/",
    output,
    remarks: { isTTY: false, write: () => true } as unknown as NodeJS.WriteStream,
    input,
    signal: new AbortController().signal,
  });
  output.end();
  return written;
}

const answer = ExplainResponse.fromPartial({
  routing: {
    ...{ model: "small", reason: "cheapest of 2 models", baselineModel: "large", policyVersion: "odds-1/t4" },
    ...{ costUsdNanos: 1_000n, baselineCostUsdNanos: 10_000n },
    classification: { task: "TASK_CODE", taskConfidence: 0.9, complexity: 0.25, language: "en" },
    cascade: { model: "tiny", acceptance: 0.8, expectedCostUsdNanos: 300n, directCostUsdNanos: 1_000n },
  },
  features: {
    qualityTarget: 0.9,
    policy: "quality-target",
    odds: "odds-1",
    unlike: 0.25,
    sensitivity: "SENSITIVITY_PUBLIC",
  },
  alternatives: Array.from({ length: 14 }, (_, index) => ({
    ...{ model: `m${index}`, tier: "TIER_ECONOMY", adequacy: 0.5, prior: 0.4, shift: index === 0 ? 0.41 : 0 },
    ...{ place: index < 2 ? index + 1 : 0, detail: index < 2 ? "" : "dear", costBesideBaseline: 0.1 },
  })),
});

describe("the explain command", () => {
  it("sends the prompt with its bounds, and shows task, odds, chain and costs", async () => {
    let seen: ExplainRequest | undefined;
    const address = await listen((request) => {
      seen = request;
      return answer;
    });
    const shown = await run(["mend my code", "--address", address, "--quality-target", "0.8", "--system", "Be brief."]);
    expect(seen?.chat?.messages.map(({ role }) => role)).toEqual(["ROLE_SYSTEM", "ROLE_USER"]);
    expect(seen?.hints?.qualityTarget).toBe(0.8);
    expect(shown).toContain("small: cheapest of 2 models");
    expect(shown).toMatch(/task +code \(sure to 90.0%\)/);
    expect(shown).toMatch(/1\. +m0 +economy +0\.500 +0\.400 +\+0\.41/);
    expect(shown).toContain("... and 2 more (--all)");
    expect(shown).toContain("90.0% saved");
    expect(shown).toContain("tiny is tried first");
  });

  it("reads a piped prompt, and prints the answer as JSON", async () => {
    const address = await listen(({ chat }) => {
      expect(chat?.messages[0]?.content[0]?.part).toEqual({ $case: "text", value: "from a file\n" });
      return answer;
    });
    const shown = JSON.parse(await run(["-", "--address", address, "--json"], "from a file\n"));
    expect(shown.routing.costUsdNanos).toBe(1_000);
    expect(shown.alternatives).toHaveLength(14);
  });

  it("says what is wrong with how it was called", async () => {
    for (const wrong of [[], ["a", "b"], ["a", "--max-cost", "dear"], ["a", "--address", "nowhere"]]) {
      await expect(run(wrong)).rejects.toThrow(UsageError);
    }
  });

  it("tells the router's refusal in its words", async () => {
    const address = await listen(() => {
      throw new RpcError({ code: Status.FAILED_PRECONDITION, reason: "NO_CANDIDATE", message: "no model can" });
    });
    await expect(run(["a", "--address", address])).rejects.toThrow(CommandError);
  });
});
