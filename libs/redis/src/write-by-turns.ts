import { setImmediate } from "node:timers";
import type { Redis } from "ioredis";

/** From here on a system call of its own costs little beside what it carries, and the server can begin. */
const enoughBytes = 4_096;

/**
 * Lets the commands of one turn of the event loop go out in one piece: one system call here and one read at the server,
 * however many requests come at once. Nothing waits for a reply, and a single command no longer than to the end of its turn;
 * what has become large goes out at once, so that the server works on it while the next is made.
 */
export function writeByTurns(redis: Redis): Redis {
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (command, stream) => {
    const socket = redis.status === "ready" && stream === undefined ? redis.stream : undefined;
    if (socket === undefined) return send(command, stream);
    if (socket.writableCorked === 0) {
      socket.cork();
      setImmediate(() => socket.uncork());
    }
    const sent = send(command, stream);
    if (socket.writableLength >= enoughBytes) socket.uncork();
    return sent;
  };
  return redis;
}
