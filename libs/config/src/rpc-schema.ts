import { isAbsolute, join } from "node:path";
import { z } from "zod";
import { milliseconds } from "./primitives.ts";
import type { Surroundings } from "./references.ts";

/** How services call each other where each is its own process. */
export const rpc = ({ folder }: Surroundings) => {
  const path = z
    .string()
    .min(1)
    .transform((value) => (isAbsolute(value) ? value : join(folder, value)));
  return z.strictObject({
    /** Age at which a server ends a connection, so that its client looks addresses up again, in milliseconds. */
    maxConnectionAgeMs: milliseconds.default(300_000),
    /** Mutual TLS between services: files of PEM, followed as they change. Without it they talk in the clear. */
    tls: z
      .strictObject({
        /** This process's certificate, good for client and server. */
        cert: path,
        key: path,
        /** The authorities whose certificates peers may show: the platform's own, since whoever has one may call every service. */
        ca: path,
        /** The name that servers' certificates bear, where it is not the name they are called by. */
        serverName: z.string().min(1).optional(),
        /** How often the files are read again, in milliseconds. */
        reloadMs: milliseconds.default(30_000),
      })
      .optional(),
  });
};
