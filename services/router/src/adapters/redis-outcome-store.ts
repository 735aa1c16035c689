import type { Task } from "@switchyard/contracts/vocabulary/routing";
import { defineScript, type RedisClient } from "@switchyard/redis";
import type { KeptRequest } from "../domain/outcomes/kept-request.ts";
import { binOf, type Cell } from "../domain/outcomes/tables.ts";
import { Refusal } from "../domain/refusal.ts";
import type { OutcomeStore, PolicySnapshot } from "../ports.ts";
import { type BinRow, cellsOf } from "./outcome-cells.ts";
import type { OutcomeStoreLimits } from "./outcome-store-limits.ts";

// All keys lie in one slot, for what they hold is counted together.
const prefix = "switchyard:{outcomes}:";
const bins = `${prefix}bins`;
const versions = `${prefix}versions`;
const state = `${prefix}state`;
const last = `${prefix}last`;
const requestKey = (tenant: string, id: string) => `${prefix}request:${JSON.stringify([tenant, id])}`;
const judgedKey = (tenant: string, id: string, source: string) =>
  `${prefix}judged:${JSON.stringify([tenant, id, source])}`;

/** Requests that stand in the list that versions are compared on. */
const lastLength = 1_000;

/** KEYS: judged, bins, state. ARGV: keepMs or 0, field, weight, weighted score, most in a cell, bins of a cell. */
const recordScript = defineScript<number>({
  name: "record_outcome",
  numberOfKeys: 3,
  lua: `
    if ARGV[1] ~= '0' and not redis.call('SET', KEYS[1], '1', 'NX', 'PX', ARGV[1]) then return 0 end
    redis.call('HINCRBYFLOAT', KEYS[2], ARGV[2] .. ARGV[7] .. ':n', ARGV[3])
    redis.call('HINCRBYFLOAT', KEYS[2], ARGV[2] .. ARGV[7] .. ':s', ARGV[4])
    redis.call('HINCRBYFLOAT', KEYS[3], 'outcomes', ARGV[3])
    local total = 0
    for bin = 0, tonumber(ARGV[6]) - 1 do
      total = total + tonumber(redis.call('HGET', KEYS[2], ARGV[2] .. bin .. ':n') or 0)
    end
    if total > tonumber(ARGV[5]) then
      for bin = 0, tonumber(ARGV[6]) - 1 do
        for _, kind in ipairs({':n', ':s'}) do
          local value = redis.call('HGET', KEYS[2], ARGV[2] .. bin .. kind)
          if value then redis.call('HSET', KEYS[2], ARGV[2] .. bin .. kind, tostring(tonumber(value) / 2)) end
        end
      end
    end
    return 1`,
});

/** KEYS: versions, state. ARGV: number, value, most versions. */
const publishScript = defineScript<number>({
  name: "publish_policy",
  numberOfKeys: 2,
  lua: `
    if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
    local pinned = redis.call('HGET', KEYS[2], 'pinned')
    for _, number in ipairs(redis.call('HKEYS', KEYS[1])) do
      if tonumber(number) <= tonumber(ARGV[1]) - tonumber(ARGV[3]) and number ~= pinned then
        redis.call('HDEL', KEYS[1], number)
      end
    end
    return 1`,
});

const binsOfCell = 10;
const fieldOf = ({ model, task }: Pick<Cell, "model" | "task">) => `${model}\n${task}\n`;

/** Keeps outcomes and versions in Redis, for all routers that share it. */
export function createRedisOutcomeStore(redis: RedisClient, limits: OutcomeStoreLimits): OutcomeStore {
  const asked = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (cause) {
      throw Object.assign(new Refusal("SERVICE_UNAVAILABLE", "the store of outcomes cannot be reached"), { cause });
    }
  };
  const parsed = <T>(text: string | null | undefined) => (text ? (JSON.parse(text) as T) : undefined);
  return {
    async keep(requests) {
      const work = redis.pipeline();
      const texts = requests.map((one) => JSON.stringify(one));
      requests.forEach(({ tenant, requestId }, index) => {
        work.set(requestKey(tenant, requestId), texts[index] as string, "PX", limits.keepMs, "NX");
      });
      work.lpush(last, ...texts).ltrim(last, 0, lastLength - 1);
      await asked(work.exec());
    },
    find: async (tenant, id) => parsed<KeptRequest>(await asked(redis.get(requestKey(tenant, id)))),
    async recent(limit) {
      const texts = await asked(redis.lrange(last, 0, limit - 1));
      return texts.map((text) => JSON.parse(text) as KeptRequest);
    },
    async record({ tenant, requestId, source, prior, score, weight, ...cell }) {
      const keys = [judgedKey(tenant, requestId, source), bins, state];
      const once = requestId === "" ? 0 : limits.keepMs;
      const values = [once, fieldOf(cell), weight, weight * score, limits.maxPerCell, binsOfCell, binOf(prior)];
      return (await asked(recordScript(redis, keys, values))) === 1;
    },
    async tables() {
      const [fields, count] = await Promise.all([asked(redis.hgetall(bins)), asked(redis.hget(state, "outcomes"))]);
      return { cells: cellsOf(rowsOf(fields)), outcomeCount: Number(count ?? 0) };
    },
    async replaceTables(cells, outcomeCount) {
      const work = redis.multi().del(bins).hset(state, "outcomes", String(outcomeCount));
      for (const cell of cells) {
        for (const [bin, count] of cell.counts.entries()) {
          if (count === 0) continue;
          work.hset(
            bins,
            `${fieldOf(cell)}${bin}:n`,
            String(count),
            `${fieldOf(cell)}${bin}:s`,
            String(cell.scores[bin]),
          );
        }
      }
      await asked(work.exec());
    },
    async publish(snapshot) {
      const values = [snapshot.number, JSON.stringify(snapshot), limits.maxVersions];
      await asked(publishScript(redis, [versions, state], values));
    },
    async versions() {
      const texts = await asked(redis.hvals(versions));
      return texts.map((text) => JSON.parse(text) as PolicySnapshot).sort((a, b) => b.number - a.number);
    },
    version: async (number) => parsed<PolicySnapshot>(await asked(redis.hget(versions, String(number)))),
    async pinned() {
      const number = await asked(redis.hget(state, "pinned"));
      return number === null ? undefined : Number(number);
    },
    async pin(number) {
      await asked(number === undefined ? redis.hdel(state, "pinned") : redis.hset(state, "pinned", String(number)));
    },
    close: async () => undefined,
  };
}

/** Fields `model\ntask\nbin:n` (count) and `...:s` (sum of scores) as rows. */
function rowsOf(fields: Readonly<Record<string, string>>): BinRow[] {
  return Object.entries(fields).flatMap(([field, count]): BinRow[] => {
    if (!field.endsWith(":n")) return [];
    const [model = "", task = "", bin = ""] = field.slice(0, -2).split("\n");
    const score = Number(fields[`${field.slice(0, -1)}s`] ?? 0);
    return [{ model, task: task as Task, bin: Number(bin), count: Number(count), score }];
  });
}
