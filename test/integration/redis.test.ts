import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeRedis, connectRedis, defineScript, type Redis, tenantKey, untilReady } from "@switchyard/redis";
import { type BreakableLine, breakableLine, type RedisServer, startRedis } from "@switchyard/redis/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

let server: RedisServer;

beforeAll(async () => {
  server = await startRedis();
});
afterEach(() => {
  vi.unstubAllEnvs();
});
afterAll(() => server.stop());

describe("a connection", () => {
  let redis: Redis;
  let errors: Error[];

  beforeEach(async () => {
    errors = [];
    redis = connectRedis({ url: server.url, onError: (error) => errors.push(error), commandTimeoutMs: 300 });
    expect(await untilReady(redis, 5_000)).toBe(true);
  });
  afterEach(async () => {
    await closeRedis(redis);
    await server.flush();
  });

  it("reads what it wrote", async () => {
    await redis.set(tenantKey("acme", "x"), "1");
    expect(await redis.get(tenantKey("acme", "x"))).toBe("1");
    expect(errors).toEqual([]);
  });

  it("sends what is asked for in one turn in one piece", async () => {
    const reads = async () => Number(/total_reads_processed:(\d+)/.exec(await redis.info("stats"))?.[1]);
    const before = await reads();
    await Promise.all(Array.from({ length: 100 }, (_, index) => redis.set(tenantKey("acme", `x${index}`), index)));
    expect((await reads()) - before).toBeLessThan(20);
  });

  it("finds vector sets", async () => {
    const key = tenantKey("acme", "vectors");
    await redis.call("VADD", key, "VALUES", "2", "1", "0", "east");
    await redis.call("VADD", key, "VALUES", "2", "0", "1", "north");
    expect(await redis.call("VSIM", key, "VALUES", "2", "0.9", "0.1", "COUNT", "1")).toEqual(["east"]);
  });

  it("gives up a command that the server does not answer", async () => {
    await expect(redis.blpop(tenantKey("acme", "never filled"), 0)).rejects.toThrow("Command timed out");
  });

  it("finishes what is in flight when it is closed, and refuses what comes after", async () => {
    const last = redis.set(tenantKey("acme", "last"), "1");
    await closeRedis(redis);
    expect(await last).toBe("OK");
    await expect(redis.get(tenantKey("acme", "last"))).rejects.toThrow();
  });
});

describe("a script", () => {
  let redis: Redis;

  beforeEach(async () => {
    redis = connectRedis({ url: server.url, onError: () => undefined });
    await untilReady(redis, 5_000);
  });
  afterEach(async () => {
    await closeRedis(redis);
    await server.flush();
  });

  it("runs once on a server that does not know it, and then by its digest", async () => {
    const count = defineScript<[number, string]>({
      name: "count",
      lua: `return { redis.call('INCRBY', KEYS[1], ARGV[1]), ARGV[2] } -- ${randomUUID()}`,
      numberOfKeys: 1,
    });
    const byText = vi.spyOn(redis, "eval");
    const key = tenantKey("acme", "count");
    expect(await count(redis, [key], [2n, "first"])).toEqual([2, "first"]);
    expect(byText).toHaveBeenCalledOnce();
    expect(await count(redis, [key], [3, "second"])).toEqual([5, "second"]);
    expect(byText).toHaveBeenCalledOnce();
  });

  it("says its name in its errors", async () => {
    const broken = defineScript({ name: "broken", lua: "return redis.call('HGET', KEYS[1])", numberOfKeys: 1 });
    await expect(broken(redis, [tenantKey("acme", "x")], [])).rejects.toThrow(/^broken: .*number of args/i);
    await expect(broken(redis, [], [])).rejects.toThrow("broken: takes 1 keys, got 0");
  });
});

describe("an outage", () => {
  let line: BreakableLine;
  let redis: Redis;
  let errors: Error[];

  beforeEach(async () => {
    line = await breakableLine(server.url);
    errors = [];
    redis = connectRedis({ url: line.url, onError: (error) => errors.push(error), commandTimeoutMs: 300 });
    await untilReady(redis, 5_000);
  });
  afterEach(async () => {
    await closeRedis(redis);
    await line.close();
    await server.flush();
  });

  it("fails commands at once and ends by itself when the server is back", async () => {
    line.cut();
    await vi.waitUntil(() => redis.status !== "ready");
    await expect(redis.set("key", "value")).rejects.toThrow("enableOfflineQueue");
    line.mend();
    await vi.waitUntil(() => redis.status === "ready", { timeout: 10_000 });
    expect(await redis.set("key", "value")).toBe("OK");
  });

  it("never sends a command twice whose reply was lost", async () => {
    await redis.incr("count");
    line.deafen();
    await expect(redis.incr("count")).rejects.toThrow("Command timed out");
    const inFlight = redis.incr("count");
    line.mend();
    await expect(inFlight).rejects.toThrow();
    await vi.waitUntil(() => redis.status === "ready", { timeout: 10_000 });
    expect(Number(await redis.get("count"))).toBeLessThanOrEqual(3);
  });

  it("that leaves commands unanswered ends in a new connection", async () => {
    const before = await redis.client("ID");
    line.deafen();
    await expect(redis.get("key")).rejects.toThrow("Command timed out");
    await vi.waitUntil(() => redis.status !== "ready", { timeout: 10_000 });
    line.mend();
    await vi.waitUntil(() => redis.status === "ready", { timeout: 10_000 });
    expect(await redis.client("ID")).not.toBe(before);
  });

  it("at the start keeps no process from starting, is told once, and ends like any other", async () => {
    const told: Error[] = [];
    const late = connectRedis({ url: "redis://127.0.0.1:1", onError: (error) => told.push(error) });
    expect(await untilReady(late, 5_000)).toBe(false);
    await expect(late.get("key")).rejects.toThrow();
    let reconnects = 0;
    late.on("reconnecting", () => reconnects++);
    await vi.waitUntil(() => reconnects >= 2, { timeout: 5_000 });
    expect(told.map(({ message }) => message)).toEqual([expect.stringContaining("ECONNREFUSED")]);
    await closeRedis(late);
    await expect(late.get("key")).rejects.toThrow();
  });

  it("for a wrong password shows no password", async () => {
    const url = new URL(server.url);
    url.username = "nobody";
    url.password = "hunter2";
    const told: Error[] = [];
    const stranger = connectRedis({ url: url.href, onError: (error) => told.push(error) });
    expect(await untilReady(stranger, 5_000)).toBe(false);
    await closeRedis(stranger);
    expect(told[0]?.message).toContain("WRONGPASS");
    expect(JSON.stringify(told.map((error) => ({ ...error, stack: error.stack })))).not.toContain("hunter2");
  });
});

describe("a given test server", () => {
  it("lends every test file an empty database, and leaves what others have there alone", async () => {
    const outsider = connectRedis({ url: server.url, onError: () => undefined });
    await untilReady(outsider, 5_000);
    await outsider.set("precious", "data");

    vi.stubEnv("REDIS_URL", new URL("/", server.url).href);
    const [one, two] = await Promise.all([startRedis(), startRedis()]);
    expect(new Set([server.url, one.url, two.url]).size).toBe(3);
    expect([one.given, two.given]).toEqual([true, true]);
    const tester = connectRedis({ url: one.url, onError: () => undefined });
    await untilReady(tester, 5_000);
    await tester.set("mine", "1");
    await one.flush();
    expect(await tester.exists("mine")).toBe(0);
    const three = await startRedis();
    expect([one.url, two.url]).not.toContain(three.url);

    await Promise.all([one.stop(), two.stop(), three.stop()]);
    expect(await tester.dbsize()).toBe(0);
    expect(await outsider.get("precious")).toBe("data");
    await Promise.all([closeRedis(tester), closeRedis(outsider)]);
  });

  it("that is not there is an error, never a skipped test", async () => {
    vi.stubEnv("REDIS_URL", "redis://127.0.0.1:1");
    await expect(startRedis()).rejects.toThrow(/not fit.*ECONNREFUSED/s);
  });
});

describe("a test server that cannot be found", () => {
  it("is an error that says what to install", async () => {
    const folder = await mkdtemp(join(tmpdir(), "no-redis-"));
    vi.stubEnv("REDIS_URL", "");
    vi.stubEnv("PATH", folder);
    vi.stubEnv("SWITCHYARD_REDIS_DIR", folder);
    const failure = await startRedis().catch((error: Error) => error.message);
    await rm(folder, { recursive: true });
    expect(failure).toContain("install Redis >= 8");
    expect(failure).toContain("no redis-server on the PATH");
  });
});
