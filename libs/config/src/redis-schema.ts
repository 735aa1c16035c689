import { z } from "zod";
import { address, name } from "./primitives.ts";
import { type Surroundings, secretFrom } from "./references.ts";
import type { Secret } from "./secret.ts";

const login = (surroundings: Surroundings) => ({
  username: z.string().min(1).optional(),
  password: secretFrom(surroundings).optional(),
  tls: z.boolean().default(false),
});

/** Where Redis is: one server by its URL, a cluster by some of its nodes, or a master by its Sentinels. */
export const redis = (surroundings: Surroundings) =>
  z
    .strictObject({
      /** `redis://` or `rediss://`, with user, password and database where needed. */
      url: secretFrom(surroundings).optional(),
      cluster: z.strictObject({ nodes: z.array(address).min(1), ...login(surroundings) }).optional(),
      sentinel: z
        .strictObject({
          /** The name under which the Sentinels watch it. */
          master: name,
          sentinels: z.array(address).min(1),
          sentinelPassword: secretFrom(surroundings).optional(),
          ...login(surroundings),
        })
        .optional(),
    })
    .refine(({ cluster, sentinel }) => !(cluster && sentinel), "must name a cluster or Sentinels, not both");

interface Login {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: boolean;
}

/** A Redis to connect to, its secrets open. */
export type RedisPlace =
  | { readonly url: string }
  | { readonly cluster: Login & { readonly nodes: readonly string[] } }
  | {
      readonly sentinel: Login & {
        readonly master: string;
        readonly sentinels: readonly string[];
        readonly sentinelPassword: string | undefined;
      };
    };

/** The configured Redis; a cluster or Sentinels come before a URL. Undefined: none, or a URL that leads nowhere. */
export function redisPlaceOf(config: z.output<ReturnType<typeof redis>> | undefined): RedisPlace | undefined {
  if (config?.cluster) {
    const { nodes, ...rest } = config.cluster;
    return { cluster: { nodes, ...open(rest) } };
  }
  if (config?.sentinel) {
    const { master, sentinels, sentinelPassword, ...rest } = config.sentinel;
    return { sentinel: { master, sentinels, sentinelPassword: sentinelPassword?.reveal(), ...open(rest) } };
  }
  return config?.url && { url: config.url.reveal() };
}

const open = (login: { username?: string | undefined; password?: Secret | undefined; tls: boolean }): Login => ({
  username: login.username,
  password: login.password?.reveal(),
  tls: login.tls,
});
