import { createHash } from "node:crypto";
import type { RedisClient } from "./connect-redis.ts";

export interface ScriptDefinition {
  /** Stands in the errors of the script. */
  readonly name: string;
  /** Lua text; reads `KEYS` and `ARGV`. Every key it touches is among `KEYS`. */
  readonly lua: string;
  readonly numberOfKeys: number;
}

/**
 * Runs a script atomically in one round trip. Keys of one call lie in one slot: of one tenant. Rejects with the script's
 * own error, its name in front, or with the connection's.
 */
export type Script<Reply> = (
  redis: RedisClient,
  keys: readonly string[],
  args: readonly (string | number | bigint | Buffer)[],
) => Promise<Reply>;

/**
 * Makes a Lua script callable. It travels as its digest; where a server does not know it (a new one, or one that lost its
 * scripts), its text is sent instead, which is safe, for such a server has run nothing. `Reply` is what the Lua returns:
 * integers come as number, strings as string, arrays as array, nil and false as null.
 */
export function defineScript<Reply>({ name, lua, numberOfKeys }: ScriptDefinition): Script<Reply> {
  const digest = createHash("sha1").update(lua).digest("hex");
  return async (redis, keys, args) => {
    if (keys.length !== numberOfKeys) throw new Error(`${name}: takes ${numberOfKeys} keys, got ${keys.length}`);
    const operands = [...keys, ...args.map((arg) => (typeof arg === "bigint" ? String(arg) : arg))];
    try {
      return (await redis.evalsha(digest, numberOfKeys, ...operands)) as Reply;
    } catch (error) {
      if (!isReply(error) || !error.message.startsWith("NOSCRIPT")) throw named(name, error);
    }
    try {
      return (await redis.eval(lua, numberOfKeys, ...operands)) as Reply;
    } catch (error) {
      throw named(name, error);
    }
  };
}

const isReply = (error: unknown): error is Error => error instanceof Error && error.name === "ReplyError";

function named(name: string, error: unknown): unknown {
  if (isReply(error)) error.message = `${name}: ${error.message}`;
  return error;
}
