/** A map that forgets what was used longest ago. */
export interface BoundedMap<T> {
  /** The value of a key, made where it is not there. */
  getOrMake(key: string, make: () => T): T;
  readonly size: number;
}

/** Keeps values up to a weight of all keys together; the last one used stays whatever it weighs. */
export function boundedMap<T>(mostWeight: number, weigh: (key: string) => number): BoundedMap<T> {
  const values = new Map<string, T>();
  let weight = 0;
  return {
    getOrMake(key, make) {
      const known = values.get(key);
      if (known !== undefined) {
        // Maps keep the order in which keys came: the first is the one used longest ago.
        values.delete(key);
        values.set(key, known);
        return known;
      }
      const made = make();
      values.set(key, made);
      weight += weigh(key);
      for (const oldest of values.keys()) {
        if (weight <= mostWeight || oldest === key) break;
        values.delete(oldest);
        weight -= weigh(oldest);
      }
      return made;
    },
    get size() {
      return values.size;
    },
  };
}
