import { FollowResponse, type StoredAnswer } from "@switchyard/contracts/cache/v1/cache";
import { type RedisClient, tenantKey, withoutCommand } from "@switchyard/redis";
import type { Answer } from "../domain/answer.ts";
import type { Author, FlightPlace, Flights, News } from "../ports.ts";
import { flightId, landedLifeMs, newLease } from "./flight-id.ts";
import { forgetScript, joinScript, markFollowedScript, publishScript } from "./redis-flight-scripts.ts";
import { redisWakes } from "./redis-wakes.ts";
import { storeUnavailable } from "./store-unavailable.ts";

/**
 * Flights over all replicas: the lease is a key that expires (`switchyard:{tenant}:flight:NAME`), the news a list that only
 * grows (`...:flight-news:NAME:ID`) and a message that there is something new. Whoever follows also looks by itself about
 * twice a lease, so that a lost message costs time, never an answer. `redis` stays its owner's; `openSubscriber` makes the
 * connection that only listens.
 */
export function createRedisFlights(redis: RedisClient, openSubscriber: () => RedisClient): Flights {
  const wakes = redisWakes(openSubscriber);
  let isClosed = false;

  /** What has come from the `next` on, and whether the leader is still there. */
  async function look(place: FlightPlace, id: string, next: number) {
    // The lease first: what its holder has published until it is lost is then among the news.
    const [lease, values] = await reported(
      Promise.all([redis.hget(flightKey(place), "lease"), redis.lrangeBuffer(newsKey(place, id), next, -1)]),
    );
    const isLed = lease !== null && flightId(lease) === id;
    return { lease: isLed ? lease : undefined, news: values.map(decodeNews) };
  }

  return {
    async join(place, leaseMs) {
      const lease = newLease();
      const known = await reported(joinScript(redis, [flightKey(place)], [lease, leaseMs]));
      return known === null ? { id: flightId(lease), lease } : { id: flightId(known), lease: undefined };
    },
    async publish(place, lease, leaseMs, news) {
      const id = flightId(lease);
      const stage = !news?.end ? "flies" : news.end.answer && !news.end.passing ? "landed" : "gone";
      const published = await reported(
        publishScript(
          redis,
          [flightKey(place), newsKey(place, id)],
          [lease, leaseMs, news ? encodeNews(news) : "", stage, landedLifeMs, channelOf(id)],
        ),
      );
      return { followed: published === 2, leads: published !== 0 && !news?.end };
    },
    async *follow(place, id, leaseMs, signal) {
      const bell = createBell(signal);
      const leave = wakes.listen(channelOf(id), bell.ring);
      try {
        let isMarked = false;
        for (let next = 0; ; ) {
          const { lease, news } = await look(place, id, next);
          for (const one of news) yield one;
          if (news.at(-1)?.end || lease === undefined || signal.aborted || isClosed) return;
          next += news.length;
          if (!isMarked) {
            await reported(markFollowedScript(redis, [flightKey(place)], [lease]));
            isMarked = true;
            // What came before the mark was not announced.
            continue;
          }
          await bell.rung(leaseMs / 2);
        }
      } finally {
        leave();
        bell[Symbol.dispose]();
      }
    },
    async forget(place) {
      await reported(forgetScript(redis, [flightKey(place)], []));
    },
    async close() {
      isClosed = true;
      await wakes.close();
    },
  };
}

const flightKey = ({ tenant, name }: FlightPlace) => tenantKey(tenant, "flight", name);
const newsKey = ({ tenant, name }: FlightPlace, id: string) => tenantKey(tenant, "flight-news", name, id);
const channelOf = (id: string) => `switchyard:flight:${id}`;

/** A follower's message is the news, as they travel. */
function encodeNews({ chunks, author, end }: News): Buffer {
  const message = { chunks: [...chunks], author: author && { response: undefined, ...author }, end };
  return Buffer.from(FollowResponse.encode(message).finish());
}

function decodeNews(value: Uint8Array): News {
  const { chunks, author, end } = FollowResponse.decode(value);
  const { response: _, ...written } = author ?? {};
  return { chunks, author: author && (written as Author), end: end && { ...end, answer: toAnswer(end.answer) } };
}

function toAnswer(stored: StoredAnswer | undefined): Answer | undefined {
  if (!stored?.response) return undefined;
  const { response, ...rest } = stored;
  return { response, ...rest };
}

async function reported<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw storeUnavailable(withoutCommand(error));
  }
}

/** Remembers that it was rung until somebody hears it; rings by itself when the signal aborts. */
function createBell(signal: AbortSignal) {
  let wasRung = false;
  let hear: (() => void) | undefined;
  const ring = () => {
    wasRung = true;
    hear?.();
  };
  signal.addEventListener("abort", ring, { once: true });
  return {
    ring,
    /** Resolves when it is rung, was rung since the last time, or after so long. */
    async rung(patienceMs: number): Promise<void> {
      if (!wasRung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, patienceMs);
          hear = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      wasRung = false;
      hear = undefined;
    },
    [Symbol.dispose]() {
      signal.removeEventListener("abort", ring);
      hear?.();
    },
  };
}
