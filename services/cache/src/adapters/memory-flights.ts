import type { FlightPlace, Flights, News, Standing } from "../ports.ts";
import { flightId, landedLifeMs, newLease } from "./flight-id.ts";

interface Flight {
  readonly id: string;
  readonly lease: string;
  readonly news: News[];
  /** When its leader counts as silent, or when what has ended is forgotten. */
  endsAtMs: number;
  followed: boolean;
  /** Its answer stands in the cache. */
  stored: boolean;
  /** Those who wait for what comes next. */
  readonly waiting: Set<() => void>;
}

/** Flights within one process. `now` is in milliseconds since the epoch. */
export function createMemoryFlights(now: () => number): Flights {
  const current = new Map<string, Flight>();
  const keyOf = ({ tenant, name }: FlightPlace) => `${tenant.length}:${tenant}${name}`;
  const isOver = ({ news, endsAtMs }: Flight) => news.at(-1)?.end !== undefined || endsAtMs <= now();
  const found = (place: FlightPlace) => {
    const flight = current.get(keyOf(place));
    return flight && flight.endsAtMs > now() ? flight : undefined;
  };
  const wake = (flight: Flight) => {
    for (const resume of flight.waiting) resume();
    flight.waiting.clear();
  };
  /** Forgets a flight when its time is over, so that silence leaves nothing behind. */
  const forgetLater = (key: string, flight: Flight) => {
    setTimeout(
      () => {
        if (current.get(key) !== flight) return wake(flight);
        if (flight.endsAtMs > now()) return forgetLater(key, flight);
        current.delete(key);
        wake(flight);
      },
      Math.max(1, flight.endsAtMs - now()),
    ).unref();
  };

  return {
    async join(place, leaseMs) {
      const known = found(place);
      if (known) return { id: known.id, lease: undefined };
      const lease = newLease();
      const flight: Flight = {
        ...{ id: flightId(lease), lease, news: [], waiting: new Set() },
        ...{ endsAtMs: now() + leaseMs, followed: false, stored: false },
      };
      current.set(keyOf(place), flight);
      forgetLater(keyOf(place), flight);
      return { id: flight.id, lease };
    },
    async publish(place, lease, leaseMs, news): Promise<Standing> {
      const flight = found(place);
      if (!flight || flight.lease !== lease || isOver(flight)) return { followed: false, leads: false };
      flight.endsAtMs = now() + leaseMs;
      if (news) flight.news.push(news);
      if (news?.end) {
        flight.endsAtMs = now() + landedLifeMs;
        if (!news.end.answer || news.end.passing || flight.stored) current.delete(keyOf(place));
      }
      if (news) wake(flight);
      return { followed: flight.followed, leads: !news?.end };
    },
    async *follow(place, id, _leaseMs, signal) {
      const flight = found(place);
      if (flight?.id !== id) return;
      flight.followed = true;
      for (let next = 0; ; ) {
        // What one of them does with its message is not the others' business.
        while (next < flight.news.length) yield structuredClone(flight.news[next++] as News);
        if (isOver(flight) || signal.aborted) return;
        await nextNews(flight, signal);
      }
    },
    async forget(place) {
      const flight = found(place);
      if (!flight) return;
      flight.stored = true;
      if (isOver(flight)) current.delete(keyOf(place));
    },
    async close() {
      for (const flight of current.values()) {
        flight.endsAtMs = 0;
        wake(flight);
      }
      current.clear();
    },
  };
}

function nextNews(flight: Flight, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const resume = () => {
      signal.removeEventListener("abort", resume);
      flight.waiting.delete(resume);
      resolve();
    };
    flight.waiting.add(resume);
    signal.addEventListener("abort", resume, { once: true });
  });
}
