import { setImmediate } from "node:timers";
import type { Redis } from "ioredis";

/**
 * Lets the commands of one turn of the event loop go out in one piece: one system call here and one read at the server,
 * however many requests come at once. Nothing waits for a reply, and a single command no longer than to the end of its turn.
 */
export function writeByTurns(redis: Redis): Redis {
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (command, stream) => {
    const socket = redis.status === "ready" && stream === undefined ? redis.stream : undefined;
    if (socket && socket.writableCorked === 0) {
      socket.cork();
      setImmediate(() => socket.uncork());
    }
    return send(command, stream);
  };
  return redis;
}
