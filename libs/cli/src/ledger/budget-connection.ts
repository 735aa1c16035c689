import {
  type BudgetServiceDefinition as Budget,
  BudgetServiceDefinition,
} from "@switchyard/contracts/budget/v1/budget";
import { type CallOptions, type Client, connect, Metadata, RpcError, Status } from "@switchyard/rpc";
import { CommandError } from "../command.ts";

/** A BudgetService, which may or may not answer. */
export interface BudgetConnection extends Disposable {
  /** Calls it. Throws CommandError where it does not answer or refuses. */
  call<T>(work: (client: Client<Budget>, options: CallOptions) => Promise<T>): Promise<T>;
}

/** Where `npm start` keeps the ledger: on this machine only. */
export const defaultAddress = "127.0.0.1:50054";
/** A large ledger takes a while to look through. */
const callTimeoutMs = 60_000;

export interface LedgerTarget {
  /** `host:port` of a BudgetService, or of a router that shows it. */
  readonly address: string;
  /** The API key; undefined: none is shown. */
  readonly key: string | undefined;
}

/** Connects to a BudgetService. */
export function connectBudget({ address, key }: LedgerTarget, signal: AbortSignal): BudgetConnection {
  const { client, close } = connect(BudgetServiceDefinition, `dns:///${address}`);
  const metadata = key === undefined ? Metadata() : Metadata({ authorization: `Bearer ${key}` });
  return {
    async call(work) {
      try {
        return await work(client, { metadata, signal, deadline: Date.now() + callTimeoutMs });
      } catch (error) {
        throw explained(error, address);
      }
    },
    [Symbol.dispose]: close,
  };
}

function explained(error: unknown, address: string): unknown {
  if (!(error instanceof RpcError)) return error;
  const { code, message, reason } = error;
  if (code === Status.UNIMPLEMENTED) {
    return new CommandError(`what answers at ${address} keeps no ledger; is it the port of BudgetService?`);
  }
  if (code === Status.UNAVAILABLE && !message.includes("budget store")) {
    return new CommandError(
      `no ledger answers at ${address}; start the platform (\`npm start\`), or name its BudgetService by --address`,
    );
  }
  const advice = code === Status.UNAUTHENTICATED ? "; give the key by --key or SWITCHYARD_ROUTER_KEY" : "";
  return new CommandError(`the ledger at ${address} refused: ${message} (${reason})${advice}`);
}
