import { ExplainRequest } from "@switchyard/contracts/router/v1/router";
import { Caller } from "@switchyard/contracts/type/v1/caller";
import { RoutingHints } from "@switchyard/contracts/type/v1/routing";
import { RpcError } from "@switchyard/rpc";
import { nanosPerToken } from "../audit/bill/price-list.ts";
import type { Policy } from "../audit/policy.ts";
import { type RouterConnection, refusalOf } from "./router-connection.ts";
import { standInOf } from "./stand-in.ts";

/** Reasons of the router that are its decision about one request, not a failure to decide. */
const decisions: ReadonlySet<string> = new Set(["NO_CANDIDATE", "INVALID_REQUEST"]);

/** The policy of a running router: its ListModels and its Explain. */
export function routerPolicy({ client, options, address }: RouterConnection): Policy {
  const asked = async <T>(answer: Promise<T>): Promise<T> =>
    answer.catch((error) => {
      throw refusalOf(error, address);
    });
  return {
    async models() {
      const { models } = await asked(client.listModels({}, options()));
      return models.map(({ id, prices, capabilities }) => ({
        id,
        isChat: !capabilities.includes("embeddings"),
        prices: {
          fresh: nanosPerToken(prices?.inputUsdPerMillion ?? 0),
          cached: nanosPerToken(prices?.cachedInputUsdPerMillion ?? 0),
          output: nanosPerToken(prices?.outputUsdPerMillion ?? 0),
        },
      }));
    },
    async decide(sample, signal) {
      signal.throwIfAborted();
      const request = ExplainRequest.create({
        chat: standInOf(sample),
        caller: Caller.create({ feature: sample.feature }),
        hints: RoutingHints.create({ task: sample.taskHint ?? "TASK_UNSPECIFIED" }),
      });
      try {
        const { routing } = await client.explain(request, options());
        return routing
          ? { model: routing.model, task: routing.classification?.task ?? "TASK_UNSPECIFIED" }
          : { refused: "NO_CANDIDATE" };
      } catch (error) {
        if (error instanceof RpcError && decisions.has(error.reason)) return { refused: error.reason };
        throw refusalOf(error, address);
      }
    },
  };
}
