import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { claimDatabase } from "./claim-database.ts";
import { findRedis, oldestRedis } from "./find-redis.ts";
import { launchRedis } from "./launch-redis.ts";

/** A real Redis for one test file. */
export interface RedisServer {
  /** `redis://127.0.0.1:41234`; with a database number where the server is a given one. */
  readonly url: string;
  /** Whether the server is a given one (REDIS_URL), which cannot be stopped, started again or configured by tests. */
  readonly given: boolean;
  /** Removes everything the tests have written. */
  flush(): Promise<void>;
  /** Ends the server, as a crash would, and removes its folder. Of a given one, only the tests' data. */
  stop(): Promise<void>;
}

export interface RedisServerOptions {
  /** The port to listen on: that of a server stopped before, to come back where it was. A free one if absent. */
  readonly port?: number;
  /** Further settings, as in redis.conf: `{ maxmemory: "10mb" }`. A given server ignores them. */
  readonly settings?: Readonly<Record<string, string>>;
}

const repositoryRoot = fileURLToPath(new URL("../../../..", import.meta.url));

/**
 * Provides a Redis >= 8 with vector sets to one test file, empty: the one that REDIS_URL names, in a database of it that
 * was empty (nothing that is there already is read or removed); else a server of its own on loopback, in a temporary
 * folder, that dies with the test process. Its program is `redis-server` of the PATH or Debian's, unpacked once into
 * SWITCHYARD_REDIS_DIR (default: `.redis` at the top of the repository). Rejects with what to install where there is none.
 */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const given = process.env.REDIS_URL;
  if (given) {
    await checkAbilities(given);
    return claimDatabase(given);
  }
  const program = await findProgram();
  const server = await launchRedis(program, options);
  await checkAbilities(server.url);
  return server;
}

/** The program of servers that tests start themselves, whatever REDIS_URL says. */
export const findProgram = () => findRedis(process.env.SWITCHYARD_REDIS_DIR || `${repositoryRoot}.redis`);

async function checkAbilities(url: string): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: null, maxRetriesPerRequest: 0 });
  // connect() itself only says that the connection closed.
  let cause: Error | undefined;
  redis.on("error", (error: Error) => {
    cause ??= error;
  });
  try {
    await redis.connect();
    const version = /redis_version:(\S+)/.exec(await redis.info("server"))?.[1] ?? "unknown";
    const [vadd] = (await redis.call("COMMAND", "INFO", "VADD")) as unknown[];
    if (Number.parseInt(version, 10) < oldestRedis || !vadd) {
      throw new Error(`it is version ${version}, ${vadd ? "with" : "without"} vector sets`);
    }
  } catch (error) {
    throw new Error(
      `the Redis to test with is not fit, version ${oldestRedis} or newer is needed: ${(cause ?? (error as Error)).message}`,
    );
  } finally {
    redis.disconnect();
  }
}
