import { RpcError, Status } from "@switchyard/rpc";

/** UNAVAILABLE: the store could not be reached, or failed. The cause is for the log and must hold no entry. */
export function storeUnavailable(cause: Error): RpcError {
  return new RpcError({
    code: Status.UNAVAILABLE,
    reason: "SERVICE_UNAVAILABLE",
    message: "the cache's store is not available",
    cause,
  });
}
