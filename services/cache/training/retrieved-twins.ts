import { cosine } from "@switchyard/text";

interface IntentText {
  readonly text: string;
  readonly intent: string;
  readonly source: string;
}

/** Intents so narrow that two texts of one, near each other and with no rule against it, mostly ask the same. */
const narrow = new Set(["banking77", "clinc150"]);

/**
 * What a semantic cache meets: for some texts the nearest one of another intent, whose answer is wrong; and, weakly labelled, the
 * nearest one of the same intent where intents are narrow.
 */
export function retrievedTwins(
  intents: readonly IntentText[],
  vectorOf: (text: string) => Float32Array,
  count: number,
  random: () => number,
): { a: string; b: string; same: boolean; source: string; kind: string }[] {
  const bySource = Map.groupBy(intents, ({ source }) => source);
  const vectors = new Map(intents.map(({ text }) => [text, vectorOf(text)]));
  const found: ReturnType<typeof retrievedTwins> = [];
  for (let turn = 0; turn < count; turn++) {
    const asked = intents[Math.floor(random() * intents.length)] as IntentText;
    const vector = vectors.get(asked.text) as Float32Array;
    const best = { own: { text: "", similarity: 0.3 }, other: { text: "", similarity: 0.3 } };
    for (const { text, intent } of bySource.get(asked.source) ?? []) {
      if (text.toLowerCase() === asked.text.toLowerCase()) continue;
      const similarity = cosine(vector, vectors.get(text) as Float32Array);
      const kept = intent === asked.intent ? best.own : best.other;
      if (similarity > kept.similarity) Object.assign(kept, { text, similarity });
    }
    const { own, other } = best;
    const kind = asked.source;
    // Two intents of BANKING77 often hold the same question; they would teach that it differs from itself.
    if (other.text && kind !== "banking77")
      found.push({ a: asked.text, b: other.text, same: false, source: "retrieved", kind });
    if (own.text && narrow.has(asked.source) && asked.intent !== "oos") {
      found.push({ a: asked.text, b: own.text, same: true, source: "weak", kind });
    }
  }
  return found;
}
