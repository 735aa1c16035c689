/** How long a refused key is kept for last, in milliseconds. */
const restMs = 60_000;

/** The keys of a provider, used in turn. */
export interface KeyRing<Key> {
  /** Every key, in the order to try them now: the next one first, those that were refused lately last. */
  inTurn(nowMs: number): readonly Key[];
  /** Keeps a key that the provider refused for last, for a minute. */
  refused(key: Key, nowMs: number): void;
}

/** A ring over at least one key. */
export function createKeyRing<Key>(keys: readonly Key[]): KeyRing<Key> {
  const restUntilMs = new Map<Key, number>();
  let turn = 0;
  return {
    inTurn(nowMs) {
      const start = turn;
      turn = (turn + 1) % keys.length;
      if (keys.length === 1) return keys;
      const order = [...keys.slice(start), ...keys.slice(0, start)];
      if (restUntilMs.size === 0) return order;
      const rests = (key: Key) => (restUntilMs.get(key) ?? nowMs) > nowMs;
      return [...order.filter((key) => !rests(key)), ...order.filter(rests)];
    },
    refused: (key, nowMs) => void restUntilMs.set(key, nowMs + restMs),
  };
}
