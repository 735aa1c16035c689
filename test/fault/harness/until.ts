import { setTimeout as sleep } from "node:timers/promises";

const patienceMs = 5_000;
const intervalMs = 20;

/**
 * Reads until the value is as wanted, and returns it. Gives the last value back once it has waited long enough, for the test
 * to say what is wrong with it. (`expect.poll` does not work in tests that run side by side.)
 */
export async function until<T>(read: () => Promise<T> | T, isWanted: (value: T) => boolean): Promise<T> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const value = await read();
    if (isWanted(value) || performance.now() > end) return value;
    await sleep(intervalMs);
  }
}
