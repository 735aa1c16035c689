import { loadConfig } from "@switchyard/config";
import {
  type ExplainRequest,
  ExplainResponse,
  ListModelsResponse,
  type RouterServiceDefinition as Router,
  RouterServiceDefinition,
} from "@switchyard/contracts/router/v1/router";
import { Model } from "@switchyard/contracts/type/v1/model";
import { Classification, RoutingReport } from "@switchyard/contracts/type/v1/routing";
import {
  type Call,
  type Handlers,
  maxMessageBytes,
  RpcError,
  type RpcServer,
  Status,
  serve,
  service,
} from "@switchyard/rpc";
import { createLogger } from "@switchyard/telemetry";
import { afterEach, describe, expect, it } from "vitest";
import type { Sample } from "../audit/bill/sample.ts";
import { CommandError } from "../command.ts";
import { connectRouter } from "./router-connection.ts";
import { routerPolicy } from "./router-policy.ts";

const sample: Sample = {
  model: { id: "gpt-4o", isChat: true, prices: { fresh: 1, cached: 1, output: 1 } },
  tokens: { fresh: 10, cached: 0, output: 5 },
  feature: "help",
  taskHint: "TASK_WRITING",
  prompt: undefined,
};
const signal = new AbortController().signal;
const target = (address: string, key?: string) => ({ address, key, wantsPrivate: false });
const listModels = async () =>
  ListModelsResponse.fromPartial({
    models: [
      Model.fromPartial({
        id: "a",
        prices: { inputUsdPerMillion: 0.27, cachedInputUsdPerMillion: 0.1, outputUsdPerMillion: 1.1 },
      }),
      Model.fromPartial({ id: "vectors", capabilities: ["embeddings"], prices: { inputUsdPerMillion: 0.02 } }),
    ],
  });

let server: RpcServer | undefined;
afterEach(() => server?.drain(1_000));

async function listen(handlers: Partial<Handlers<Router>>): Promise<string> {
  const router = service(RouterServiceDefinition, { listModels, ...handlers } as Handlers<Router>);
  const options = { logger: createLogger("test", "silent"), maxMessageBytes: maxMessageBytes(loadConfig({})) };
  server = await serve([router], { ...options, listen: "127.0.0.1:0" });
  return server.address;
}

const explainWith = (reason: "NO_CANDIDATE" | "OVERLOADED", code: Status) => async () => {
  throw new RpcError({ code, reason, message: "not now" });
};

describe("the router's policy", () => {
  it("is its catalogue with prices, and what it explains for a request", async () => {
    let seen: ExplainRequest | undefined;
    const address = await listen({
      async explain(request) {
        seen = request;
        const classification = Classification.fromPartial({ task: "TASK_CODE" });
        return ExplainResponse.fromPartial({ routing: RoutingReport.fromPartial({ model: "a", classification }) });
      },
    });
    await using router = await connectRouter(target(address), {}, signal);
    expect(router).toMatchObject({ address, isPrivate: false });
    const policy = routerPolicy(router);
    expect(await policy.models()).toEqual([
      { id: "a", isChat: true, prices: { fresh: 270, cached: 100, output: 1_100 } },
      { id: "vectors", isChat: false, prices: { fresh: 20, cached: 0, output: 0 } },
    ]);
    expect(await policy.decide(sample, signal)).toEqual({ model: "a", task: "TASK_CODE" });
    expect(seen).toMatchObject({
      chat: { model: "auto" },
      caller: { feature: "help" },
      hints: { task: "TASK_WRITING" },
    });
  });

  it("takes that no model fits for a decision, and an overloaded router for a failure", async () => {
    const address = await listen({ explain: explainWith("NO_CANDIDATE", Status.FAILED_PRECONDITION) });
    await using router = await connectRouter(target(address), {}, signal);
    expect(await routerPolicy(router).decide(sample, signal)).toEqual({ refused: "NO_CANDIDATE" });
    await server?.drain(1_000);
    const busy = await listen({ explain: explainWith("OVERLOADED", Status.RESOURCE_EXHAUSTED) });
    await using overloaded = await connectRouter(target(busy), {}, signal);
    await expect(routerPolicy(overloaded).decide(sample, signal)).rejects.toThrow(
      `the router at ${busy} refused: not now (OVERLOADED)`,
    );
  });
});

describe("the connection to a router", () => {
  it("sends the key, and says how to give one where it is missing", async () => {
    const address = await listen({
      async listModels(_request, { metadata }: Call) {
        if (metadata.get("authorization") === "Bearer right") return listModels();
        throw new RpcError({ code: Status.UNAUTHENTICATED, reason: "UNAUTHENTICATED", message: "who are you?" });
      },
    });
    await expect(connectRouter(target(address), {}, signal)).rejects.toThrow("--key");
    await using router = await connectRouter(target(address, "right"), {}, signal);
    expect(await routerPolicy(router).models()).toHaveLength(2);
  });

  it("starts nothing where the router that was named does not answer", async () => {
    const address = await listen({});
    await server?.drain(1_000);
    const attempt = connectRouter(target(address), {}, signal);
    await expect(attempt).rejects.toThrow(CommandError);
    await expect(attempt).rejects.toThrow(`no router answers at ${address} (--address)`);
  });
});
