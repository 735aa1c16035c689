import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { closeRedis, connectRedis, defineScript, type Redis, untilReady } from "@switchyard/redis";
import { findBenchmark } from "@switchyard/redis/testing";
import { underLoad } from "./measure.ts";

const run = promisify(execFile);

/** What a benchmark of the server would call: a script that changes one key. */
const lua = "return redis.call('INCR', KEYS[1])";
const key = "switchyard:{acme}:bare";
const bareScript = defineScript<number>({ name: "bare", lua, numberOfKeys: 1 });

/** Calls a second of the bare script, by three ways to the server. */
export interface BareRates {
  /** By `redis-benchmark`: a connection for each caller, one call at a time on each; undefined: it is not there. */
  readonly redisBenchmark: number | undefined;
  /** The same by our client library. */
  readonly connections: number;
  /** All callers on one connection that writes what comes in one turn in one piece: as good as pipelined. */
  readonly sharedConnection: number;
}

export interface BareEvalsha {
  measure(durationMs: number): Promise<BareRates>;
  close(): Promise<void>;
}

/** Prepares to measure the bare script on a server: `shared` is the connection that everything else is measured on. */
export async function bareEvalsha(url: string, shared: Redis, callers: number): Promise<BareEvalsha> {
  const open = () => connectRedis({ url, commandTimeoutMs: 30_000, onError: () => undefined });
  const own = Array.from({ length: callers }, open);
  await Promise.all(own.map((redis) => untilReady(redis, 10_000)));
  const benchmark = await benchmarkOf(url, callers);
  let calls = 100_000;
  return {
    async measure(durationMs) {
      // About as long as the others, by what the last round made.
      const redisBenchmark = await benchmark?.(await loaded(shared), calls);
      if (redisBenchmark !== undefined) calls = Math.ceil((redisBenchmark * durationMs) / 1_000);
      const idle = [...own];
      const connections = await underLoad(callers, durationMs, async () => {
        const redis = idle.pop() as Redis;
        await bareScript(redis, [key], []);
        idle.push(redis);
      });
      const sharedConnection = await underLoad(callers, durationMs, () => bareScript(shared, [key], []));
      return { redisBenchmark, connections: connections.perSecond, sharedConnection: sharedConnection.perSecond };
    },
    close: async () => {
      await Promise.all(own.map(closeRedis));
    },
  };
}

/** The script's digest, once the server knows it. */
const loaded = async (redis: Redis) => String(await redis.script("LOAD", lua));

/** Runs the server's own benchmark with the script of a digest and so many calls. Resolves to calls a second. */
async function benchmarkOf(url: string, callers: number) {
  const program = await findBenchmark();
  if (program === undefined) return undefined;
  return async (digest: string, calls: number): Promise<number> => {
    const load = ["-u", url, "-c", String(callers), "-n", String(calls), "--csv", "evalsha", digest, "1", key];
    const { stdout } = await run(program.command, [...program.leadingArgs, ...load]);
    // The line of names, then: "evalsha ..","123456.78",..
    const perSecond = Number(/^"evalsha[^"]*","([\d.]+)"/m.exec(stdout)?.[1]);
    if (!(perSecond > 0)) throw new Error(`redis-benchmark said: ${stdout}`);
    return perSecond;
  };
}
