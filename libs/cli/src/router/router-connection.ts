import {
  type RouterServiceDefinition as Router,
  RouterServiceDefinition,
} from "@switchyard/contracts/router/v1/router";
import { type CallOptions, type Client, connect, Metadata, RpcError, Status } from "@switchyard/rpc";
import { CommandError } from "../command.ts";
import { startPrivatePlatform } from "./private-platform.ts";

/** A router that answers. */
export interface RouterConnection extends AsyncDisposable {
  readonly client: Client<Router>;
  /** What every call needs: the key, if there is one. */
  readonly options: () => CallOptions;
  readonly address: string;
  /** Whether it was started for this command alone. */
  readonly isPrivate: boolean;
}

export interface RouterTarget {
  /** `host:port`; undefined: the usual one on this machine, or else a private one. */
  readonly address: string | undefined;
  readonly key: string | undefined;
  /** Whether a private one is wanted even where another answers. */
  readonly wantsPrivate: boolean;
}

/** Where `npm start` listens. */
export const defaultAddress = "127.0.0.1:50051";
/** How long one call may take, in milliseconds. */
const callTimeoutMs = 10_000;

/**
 * Connects to a router. Where none was named and none answers on this machine, starts a private platform, which ends with the
 * connection. Throws CommandError where the router does not answer or takes no calls.
 */
export async function connectRouter(
  { address, key, wantsPrivate }: RouterTarget,
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<RouterConnection> {
  const found = wantsPrivate ? undefined : await tryRouter(address ?? defaultAddress, key, signal);
  if (found) return { ...found, isPrivate: false, [Symbol.asyncDispose]: async () => found.close() };
  if (address !== undefined) throw new CommandError(`no router answers at ${address} (--address)`);
  const platform = await startPrivatePlatform(environment, signal);
  try {
    const started = await tryRouter(platform.address, undefined, signal);
    if (!started) throw new CommandError("the private platform does not answer");
    return {
      ...started,
      isPrivate: true,
      async [Symbol.asyncDispose]() {
        started.close();
        await platform.stop();
      },
    };
  } catch (error) {
    await platform.stop();
    throw error;
  }
}

async function tryRouter(address: string, key: string | undefined, signal: AbortSignal) {
  const { client, close } = connect(RouterServiceDefinition, `dns:///${address}`);
  const metadata = key === undefined ? Metadata() : Metadata({ authorization: `Bearer ${key}` });
  const options = () => ({ metadata, signal, deadline: Date.now() + callTimeoutMs });
  try {
    await client.listModels({}, options());
    return { client, close, options, address };
  } catch (error) {
    close();
    if (error instanceof RpcError && error.reason === "SERVICE_UNAVAILABLE") return undefined;
    throw refusalOf(error, address);
  }
}

/** An error of the router in words for the person at the terminal. */
export function refusalOf(error: unknown, address: string): unknown {
  if (!(error instanceof RpcError)) return error;
  const advice =
    error.code === Status.UNAUTHENTICATED || error.code === Status.PERMISSION_DENIED
      ? "; give its key by --key or SWITCHYARD_ROUTER_KEY"
      : error.code === Status.UNIMPLEMENTED
        ? "; is it Switchyard's gRPC port?"
        : "";
  return new CommandError(`the router at ${address} refused: ${error.message} (${error.reason})${advice}`);
}
