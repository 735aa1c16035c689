import type { Cache, Flight, FlightNews, Found, StoredAnswer } from "../ports.ts";
import type { FakeClock } from "./fixtures.ts";

export const miss: Found = {
  verdict: "CACHE_VERDICT_MISS",
  answer: undefined,
  ageSeconds: 0n,
  tickets: [{ key: "k", requestDigest: new Uint8Array(), ttlSeconds: 0, meaning: undefined, tags: [] }],
  entryId: "",
  likeness: undefined,
  flight: undefined,
  embedding: undefined,
};

/** What one leader published, call by call. */
interface Log {
  readonly lease: string;
  readonly news: FlightNews[];
  heardAtMs: number;
  followers: number;
  readonly waiting: Set<() => void>;
}

export interface FlyingCache extends Cache {
  readonly stored: StoredAnswer[];
  /** Every publication, in order. */
  readonly published: FlightNews[];
  /** While set, leaders are not heard. */
  isDeaf: boolean;
  /** While set, nothing can be followed. */
  isBroken: boolean;
  /** Those who wait in some flight. */
  followers(): number;
}

/** A cache of one entry and one flight at a time, by the clock of the test: what routers may expect of the real one. */
export function flyingCache(clock: FakeClock, leaseMs = 3_000): FlyingCache {
  const stored: StoredAnswer[] = [];
  const published: FlightNews[] = [];
  let log: Log | undefined;
  let leases = 0;
  const isOver = ({ news, heardAtMs }: Log) => news.at(-1)?.end !== undefined || clock.now() >= heardAtMs + leaseMs;
  const wake = ({ waiting }: Log) => {
    for (const resume of [...waiting]) resume();
    waiting.clear();
  };
  const watch = (of: Log) => {
    clock.after(Math.max(1, of.heardAtMs + leaseMs - clock.now()), () => (isOver(of) ? wake(of) : watch(of)));
  };
  const cache: FlyingCache = {
    stored,
    published,
    isDeaf: false,
    isBroken: false,
    followers: () => log?.followers ?? 0,
    async lookup(_prompt, mayFollow) {
      const [answer] = stored;
      if (answer) return { ...miss, verdict: "CACHE_VERDICT_EXACT_HIT", answer, tickets: [] };
      if (log && !isOver(log)) {
        return mayFollow ? { ...miss, flight: { key: log.lease, lease: "", leaseMs } } : miss;
      }
      log = { lease: `lease-${++leases}`, news: [], heardAtMs: clock.now(), followers: 0, waiting: new Set() };
      watch(log);
      return { ...miss, flight: { key: log.lease, lease: log.lease, leaseMs } };
    },
    async store(_tickets, answer) {
      stored.push(answer);
    },
    async publish({ lease }: Flight, news) {
      if (cache.isDeaf) throw new Error("nobody hears");
      published.push(news);
      if (log?.lease !== lease || isOver(log)) return { followed: false, leads: false };
      log.heardAtMs = clock.now();
      log.news.push(news);
      wake(log);
      return { followed: log.followers > 0, leads: news.end === undefined };
    },
    async *follow({ key }, { signal }) {
      const followed = log;
      if (cache.isBroken) throw new Error("out of reach");
      if (followed?.lease !== key) return;
      followed.followers += 1;
      try {
        for (let at = 0; ; ) {
          for (; at < followed.news.length; at++) yield followed.news[at] as FlightNews;
          signal.throwIfAborted();
          if (cache.isBroken) throw new Error("out of reach");
          if (isOver(followed)) return;
          await new Promise<void>((resolve) => {
            followed.waiting.add(resolve);
            signal.addEventListener("abort", () => resolve(), { once: true });
          });
        }
      } finally {
        followed.followers -= 1;
      }
    },
    reportBadHit: async () => false,
    invalidate: async () => 0n,
  };
  return cache;
}
