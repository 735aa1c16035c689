import { canonicalWords } from "@switchyard/text";

/**
 * Stems of the texts by how rare they are: from 0, in every text, to 1, in none. Words that are written with a capital count as
 * never seen, as they are names; so do those in fewer than three texts.
 */
export function rarityLevels(texts: readonly string[]): { rarity: number; stems: string }[] {
  const seen = new Map<string, number>();
  for (const text of texts) {
    const stems = new Set(
      canonicalWords(text)
        .filter(({ kind, capital }) => kind === "word" && !capital)
        .map(({ stem }) => stem),
    );
    for (const stem of stems) seen.set(stem, (seen.get(stem) ?? 0) + 1);
  }
  const levels = new Map<number, string[]>();
  for (const [stem, count] of seen) {
    if (count < 3) continue;
    const rarity = Number((1 - Math.log(count) / Math.log(texts.length)).toFixed(2));
    levels.set(rarity, [...(levels.get(rarity) ?? []), stem]);
  }
  return [...levels].sort(([a], [b]) => a - b).map(([rarity, stems]) => ({ rarity, stems: stems.sort().join(" ") }));
}

const mostOfLight = 0.15;

/** The levels with words that a question may gain without asking something else counted among the frequent ones. */
export function withLightWords(
  levels: readonly { rarity: number; stems: string }[],
  light: readonly string[],
): { rarity: number; stems: string }[] {
  const stems = new Set(light.flatMap((word) => canonicalWords(word).map(({ stem }) => stem)));
  const kept = levels.map(({ rarity, stems: of }) => ({
    rarity,
    stems:
      rarity > mostOfLight
        ? of
            .split(" ")
            .filter((stem) => !stems.has(stem))
            .join(" ")
        : of,
  }));
  const frequent = new Set(
    kept.filter(({ rarity }) => rarity <= mostOfLight).flatMap(({ stems: of }) => of.split(" ")),
  );
  const added = [...stems].filter((stem) => !frequent.has(stem)).sort();
  return [...kept.filter(({ stems: of }) => of !== ""), { rarity: mostOfLight, stems: added.join(" ") }];
}
