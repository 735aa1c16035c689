import { RpcError, Status } from "@switchyard/rpc/error";
import type { Target, Targets } from "../ports.ts";

/**
 * The target of a model id at a provider, named by its key in the configuration; an empty name is the provider that is
 * preferred for the model. Throws NOT_FOUND UNKNOWN_MODEL.
 */
export function findTarget(targets: Targets, model: string, provider: string): Target {
  const ofModel = targets.get(model);
  if (ofModel === undefined) {
    throw unknown(`no provider with an address and a key serves a model "${model}"`, { model });
  }
  if (provider === "") return ofModel[0];
  const target = ofModel.find((candidate) => candidate.provider === provider);
  if (target !== undefined) return target;
  throw unknown(`provider: "${provider}" does not serve a model "${model}", or has no address or no key`, {
    model,
    provider,
  });
}

function unknown(message: string, metadata: Record<string, string>): RpcError {
  return new RpcError({ code: Status.NOT_FOUND, reason: "UNKNOWN_MODEL", message, metadata });
}
