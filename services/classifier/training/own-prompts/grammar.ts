/** Named lists of patterns. */
export type Grammar = Readonly<Record<string, readonly string[]>>;

/**
 * Draws one text from a pattern: `[a|b|]` is one of its alternatives (they may nest), `{name}` one of the grammar's patterns
 * of that name. Braces around anything but small letters stand for themselves, so that code and JSON can be written plainly.
 * Throws where the grammar does not have the name.
 */
export function draw(pattern: string, grammar: Grammar, random: () => number): string {
  let drawn = pattern;
  for (let choice = innermostChoice(drawn); choice; choice = innermostChoice(drawn)) {
    const alternatives = choice.inside.split("|");
    drawn = drawn.slice(0, choice.start) + pick(alternatives, random) + drawn.slice(choice.end);
  }
  return drawn.replace(/\{([a-z]+)\}/g, (_whole, name: string) => {
    const patterns = grammar[name];
    if (!patterns) throw new Error(`no patterns of the name ${name}`);
    return draw(pick(patterns, random), grammar, random);
  });
}

/** One of the items. */
export function pick<Item>(items: readonly Item[], random: () => number): Item {
  return items[Math.floor(random() * items.length)] as Item;
}

/** The first choice that holds no other. Brackets without `|` stand for themselves. */
function innermostChoice(pattern: string): { start: number; end: number; inside: string } | undefined {
  const found = /\[([^[\]]*\|[^[\]]*)\]/.exec(pattern);
  if (!found) return undefined;
  return { start: found.index, end: found.index + found[0].length, inside: found[1] as string };
}
