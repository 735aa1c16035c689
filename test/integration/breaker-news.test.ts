import { closeRedis, connectRedis, untilReady } from "@switchyard/redis";
import { type RedisServer, startRedis } from "@switchyard/redis/testing";
import { type BreakerNewsExchange, redisBreakerNews } from "@switchyard/service-router/breaker-news";
import { createLogger } from "@switchyard/telemetry";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

let server: RedisServer;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const logger = createLogger("test", "silent");
const large = { model: "large", provider: "eu", rank: 0, weight: 1 };

/** A router that listens, and what it has heard. */
function listener() {
  const heard: string[] = [];
  const news = redisBreakerNews(server.url, logger, (model, provider, openMs) =>
    heard.push(`${model} at ${provider} for ${openMs}`),
  );
  return { heard, news };
}

describe("news of breakers", () => {
  let one: ReturnType<typeof listener>;
  let other: ReturnType<typeof listener>;
  const all = (): BreakerNewsExchange[] => [one.news, other.news];

  /** Tells until it is heard: subscribing takes its time, and what is told before is lost. */
  const untilHeard = (from: BreakerNewsExchange, heard: string[], openMs: number) =>
    expect
      .poll(() => {
        from.tell(large, openMs);
        return heard;
      })
      .toContain(`large at eu for ${openMs}`);

  beforeEach(() => {
    one = listener();
    other = listener();
  });
  afterEach(() => Promise.all(all().map((news) => news.close())));

  it("reaches the other routers, and not the one that tells it", async () => {
    await untilHeard(one.news, other.heard, 5_000);
    await untilHeard(other.news, one.heard, 7_000);
    expect(one.heard).not.toContain("large at eu for 5000");
    expect(other.heard).not.toContain("large at eu for 7000");
  });

  it("that is none is ignored", async () => {
    await untilHeard(one.news, other.heard, 5_000);
    const redis = connectRedis({ url: server.url, onError: () => undefined });
    expect(await untilReady(redis, 5_000)).toBe(true);
    for (const text of ["", "{", "null", '{"from":"x"}', '{"from":"x","model":"m","provider":"p","openMs":"soon"}']) {
      await redis.publish("switchyard:breakers", text);
    }
    await redis.publish("switchyard:breakers", '{"from":"x","model":"m","provider":"p","openMs":9}');
    await expect.poll(() => other.heard).toContain("m at p for 9");
    await closeRedis(redis);
    expect(other.heard.filter((news) => !news.startsWith("large"))).toEqual(["m at p for 9"]);
  });
});
