import { type Sharer, takeTurn } from "./take-turn.ts";

/** How long a refused key is set aside, and a limited one at most, in milliseconds. */
const longestRestMs = 60_000;
/** How long a limited key is set aside where the provider does not say, in milliseconds. */
const usualRestMs = 1_000;

/** A key and its share of the use beside the others. */
export interface WeightedKey<Key> {
  readonly key: Key;
  readonly weight: number;
}

/** The keys of a provider. They share the requests by weight and by how many each is busy with. */
export interface KeyRing<Key> {
  /** Begins an attempt, which asks with no key twice. */
  begin(): KeyTurns<Key>;
  /**
   * When the first of the limited keys comes back, in milliseconds from now: as the provider said, however long that is, or
   * after a second where it did not. Undefined where it said so of none. For an attempt that has no key left.
   */
  backInMs(nowMs: number): number | undefined;
}

/** The keys of one attempt. */
export interface KeyTurns<Key> {
  /**
   * The key to ask with next, which counts as busy until it is released; undefined where the attempt should end. Keys that
   * are set aside come only after every other, and only if the attempt was told of no limit: first those that were limited,
   * the one that comes back soonest, then those that were refused. The first call always gives a key.
   */
  next(nowMs: number): KeyTurn<Key> | undefined;
}

/** A key in use. */
export interface KeyTurn<Key> {
  readonly key: Key;
  /** The provider refused the key: sets it aside for a minute. */
  refused(nowMs: number): void;
  /** The provider limits the key: sets it aside for the delay, at most a minute; for a second where there is none. */
  limited(nowMs: number, retryDelayMs: number | undefined): void;
  /** The key is no longer busy with this request. Further calls do nothing. */
  release(): void;
}

interface Aside {
  readonly isLimited: boolean;
  readonly untilMs: number;
  /** When the provider said that the key comes back. */
  readonly backMs: number | undefined;
}

interface Slot<Key> extends Sharer {
  readonly key: Key;
  outstanding: number;
  aside: Aside | undefined;
}

/** A ring over at least one key. */
export function createKeyRing<Key>(keys: readonly WeightedKey<Key>[]): KeyRing<Key> {
  const slots = keys.map(
    ({ key, weight }): Slot<Key> => ({ key, weight, outstanding: 0, credit: 0, aside: undefined }),
  );
  return {
    begin: () => beginTurns(slots),
    backInMs(nowMs) {
      const limits = slots.flatMap(({ aside }) => (aside?.isLimited ? aside : []));
      if (limits.every(({ backMs }) => backMs === undefined)) return undefined;
      const soonestMs = Math.min(...limits.map(({ backMs, untilMs }) => backMs ?? untilMs));
      return Math.max(0, Math.round(soonestMs - nowMs));
    },
  };
}

function beginTurns<Key>(slots: readonly Slot<Key>[]): KeyTurns<Key> {
  const asked = new Set<Slot<Key>>();
  let wasLimited = false;
  return {
    next(nowMs) {
      const left = asked.size === 0 ? slots : slots.filter((slot) => !asked.has(slot));
      const free = left.filter(({ aside }) => aside === undefined || aside.untilMs <= nowMs);
      const slot = takeTurn(free) ?? (wasLimited ? undefined : soonestBack(left));
      if (slot === undefined) return undefined;
      asked.add(slot);
      return use(slot, () => {
        wasLimited = true;
      });
    },
  };
}

/** Of keys that are set aside, the one to ask all the same. */
function soonestBack<Key>(slots: readonly Slot<Key>[]): Slot<Key> | undefined {
  const limited = slots.filter(({ aside }) => aside?.isLimited);
  const untilMs = ({ aside }: Slot<Key>) => aside?.untilMs ?? 0;
  return (limited.length > 0 ? limited : [...slots]).sort((one, other) => untilMs(one) - untilMs(other))[0];
}

function use<Key>(slot: Slot<Key>, sawLimit: () => void): KeyTurn<Key> {
  let isReleased = false;
  slot.outstanding++;
  return {
    key: slot.key,
    refused(nowMs) {
      slot.aside = { isLimited: false, untilMs: nowMs + longestRestMs, backMs: undefined };
    },
    limited(nowMs, retryDelayMs) {
      sawLimit();
      const backMs = retryDelayMs === undefined ? undefined : nowMs + retryDelayMs;
      slot.aside = { isLimited: true, untilMs: nowMs + Math.min(retryDelayMs ?? usualRestMs, longestRestMs), backMs };
    },
    release() {
      if (!isReleased) slot.outstanding--;
      isReleased = true;
    },
  };
}
