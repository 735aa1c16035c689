import { RpcError, Status } from "@switchyard/rpc";

/** UNAVAILABLE: the store did not do what it was asked for, and nobody can tell whether it ever will. */
export function storeUnavailable(cause: unknown): RpcError {
  return new RpcError({
    code: Status.UNAVAILABLE,
    reason: "SERVICE_UNAVAILABLE",
    message: "the budget store cannot be reached",
    cause,
  });
}
