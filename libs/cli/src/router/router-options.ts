import { UsageError } from "../command.ts";
import type { RouterTarget } from "./router-connection.ts";

/** The options of every command that asks a router, for `parseArgs`. */
export const routerOptions = {
  address: { type: "string" },
  key: { type: "string" },
  private: { type: "boolean", default: false },
} as const;

/** The same for `--help`. */
export const routerUsage = `  --address HOST:PORT    the router; by default the one at 127.0.0.1:50051, or, if none answers there, a private one that is started
                         for the purpose and ends with the command
  --private              a private router even where another answers
  --key KEY              the API key for it; by default SWITCHYARD_ROUTER_KEY
`;

/** Which router is meant. Throws UsageError that names the option. */
export function routerTargetOf(
  values: { readonly address?: string | undefined; readonly key?: string | undefined; readonly private?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): RouterTarget {
  const { address } = values;
  if (address !== undefined && !/^(\[[0-9a-fA-F:]+\]|[^:/\s]+):\d{1,5}$/.test(address)) {
    throw new UsageError(`--address must be HOST:PORT, not "${address}"`);
  }
  if (address !== undefined && values.private) throw new UsageError("--private and --address exclude each other");
  return {
    address,
    key: values.key ?? (environment.SWITCHYARD_ROUTER_KEY || undefined),
    wantsPrivate: values.private ?? false,
  };
}
