import { expect } from "vitest";
import type { Bench, Cast, Told } from "./bench.ts";
import type { Way } from "./heard.ts";
import { until } from "./until.ts";

/** How soon after the caller the upstream sockets must be closed, in milliseconds. */
export const closesWithinMs = 100;

/** Asks, hangs up once `isTime`, and returns what came of it and when the caller hung up. */
export async function hangUp(bench: Bench, way: Way, cast: Cast, isTime: (heard: number) => boolean) {
  const caller = new AbortController();
  let heard = 0;
  const onText = (characters: number) => {
    heard = characters;
  };
  const asking = bench.ask(way, cast, { signal: caller.signal, onText });
  await until(
    () => heard,
    () => isTime(heard),
  );
  const hungUpMs = performance.now();
  caller.abort();
  const told: Told = await asking;
  expect(told).toMatchObject({ hasEndedCleanly: false, error: { reason: "CANCELLED" } });
  return { told, hungUpMs };
}

/** How long after the caller the platform dropped the last so many requests of a cast, in milliseconds. */
export async function droppedAfter(bench: Bench, cast: Cast, hungUpMs: number, requests = 1): Promise<number> {
  const last = await until(
    () => bench.served(cast).slice(-requests),
    (all) => all.length === requests && all.every(({ closedMs }) => closedMs !== undefined),
  );
  expect(last.map(({ isAbandoned }) => isAbandoned)).toEqual(Array.from({ length: requests }, () => true));
  return Math.max(...last.map(({ closedMs = Number.POSITIVE_INFINITY }) => closedMs - hungUpMs));
}

/** Hangs up up to three times: a busy machine may be late once; a platform that does not hang up is late every time. */
export async function expectPrompt(round: () => Promise<number>): Promise<void> {
  let lateMs = Number.POSITIVE_INFINITY;
  for (let count = 0; count < 3 && lateMs >= closesWithinMs; count++) lateMs = await round();
  expect(lateMs).toBeLessThan(closesWithinMs);
}
