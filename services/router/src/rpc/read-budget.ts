import {
  type BudgetServiceDefinition,
  type GetUsageRequest,
  type GetUsageResponse,
  LedgerFilter,
  type ListLedgerRequest,
  type ListLedgerResponse,
  type ReportRequest,
  type ReportResponse,
} from "@switchyard/contracts/budget/v1/budget";
import { type Call, type CallOptions, type Client, RpcError, Status } from "@switchyard/rpc";
import { type AccessPolicy, admitReader, ownName, type Reader } from "../domain/admit.ts";
import { credentialsOf } from "./incoming.ts";
import { toRpcError } from "./to-rpc-error.ts";

/** Summing up a large ledger takes a while. */
const timeoutMs = 60_000;

/**
 * What of BudgetService the router shows to callers: the reading half, of the caller's own tenant, and of its user where the
 * key names one; an operator's key reads all. BudgetService itself asks for no key, so it stands where only the platform
 * reaches it.
 */
export function readBudget(budget: Client<BudgetServiceDefinition>, access: AccessPolicy) {
  const read = async <T>(call: Call, work: (reader: Reader | undefined, options: CallOptions) => Promise<T>) => {
    try {
      const deadline = Math.min(call.deadline ?? Number.POSITIVE_INFINITY, Date.now() + timeoutMs);
      return await work(admitReader(credentialsOf(call), access), { signal: call.signal, deadline });
    } catch (error) {
      throw toRpcError(error);
    }
  };
  return {
    reserve: platformOnly,
    settle: platformOnly,
    release: platformOnly,
    getUsage: (request: GetUsageRequest, call: Call): Promise<GetUsageResponse> =>
      read(call, (reader, options) => budget.getUsage(reader ? ownUsage(request, reader) : request, options)),
    listLedger: (request: ListLedgerRequest, call: Call): Promise<ListLedgerResponse> =>
      read(call, (reader, options) => budget.listLedger(reader ? ownLedger(request, reader) : request, options)),
    report: (request: ReportRequest, call: Call): Promise<ReportResponse> =>
      read(call, (reader, options) =>
        budget.report(reader ? { ...request, filter: ownFilter(request.filter, reader) } : request, options),
      ),
  };
}

async function platformOnly(): Promise<never> {
  throw new RpcError({
    code: Status.PERMISSION_DENIED,
    reason: "PERMISSION_DENIED",
    message: "only the platform itself books; callers read",
  });
}

function ownUsage(request: GetUsageRequest, reader: Reader): GetUsageRequest {
  const { organisation, budgetTier } = reader;
  const tenant = ownName("tenant", request.tenant, reader);
  const user = reader.user ? ownName("user", request.user, reader) : request.user;
  return { ...request, tenant, user, organisation, budgetTier, apiKey: request.apiKey || reader.key };
}

function ownLedger(request: ListLedgerRequest, reader: Reader): ListLedgerRequest {
  const tenant = ownName("tenant", request.tenant, reader);
  return { ...request, tenant, filter: ownFilter(request.filter, reader) };
}

function ownFilter(filter: LedgerFilter = LedgerFilter.create(), reader: Reader): LedgerFilter {
  const tenant = ownName("tenant", filter.tenant, reader);
  return reader.user ? { ...filter, tenant, user: ownName("user", filter.user, reader) } : { ...filter, tenant };
}
