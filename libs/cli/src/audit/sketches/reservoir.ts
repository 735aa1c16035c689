/** A fair sample of what passes by: each item is in it with the same chance, however many there are. */
export interface Reservoir<Item> {
  /** Offers an item; it is made only if it is taken. */
  offer(make: () => Item): void;
  readonly items: readonly Item[];
}

/** A sample of at most `size` items (Vitter's algorithm R). `random` gives 0 to below 1. */
export function createReservoir<Item>(size: number, random: () => number): Reservoir<Item> {
  const items: Item[] = [];
  let offered = 0;
  return {
    items,
    offer(make) {
      offered++;
      if (items.length < size) items.push(make());
      else {
        const place = Math.floor(random() * offered);
        if (place < size) items[place] = make();
      }
    },
  };
}
