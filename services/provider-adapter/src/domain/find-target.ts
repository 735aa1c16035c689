import { RpcError, Status } from "@switchyard/rpc/error";
import type { Target } from "../ports.ts";

/** The target of a model id. Throws NOT_FOUND UNKNOWN_MODEL. */
export function findTarget(targets: ReadonlyMap<string, Target>, model: string): Target {
  const target = targets.get(model);
  if (target !== undefined) return target;
  throw new RpcError({
    code: Status.NOT_FOUND,
    reason: "UNKNOWN_MODEL",
    message: `no provider with an address and a key serves a model "${model}"`,
    metadata: { model },
  });
}
