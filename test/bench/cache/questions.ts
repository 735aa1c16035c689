import { type Embedder, loadEmbedder } from "@switchyard/text";

/** A question as a cache compares it. */
export interface Question {
  readonly text: string;
  readonly vector: Float32Array;
}

const actions =
  "change cancel renew export import share archive rename restore pause merge verify move delete print".split(" ");
const things = (
  "invoice,password,subscription,delivery address,backup,calendar,report,contract,shared folder,payment card,phone number," +
  "team member,access token,newsletter,support ticket,refund,dashboard,time zone,tax form,profile picture"
).split(",");
const places = (
  "mobile app,web shop,billing portal,admin console,customer area,desktop client,partner portal,test account,family plan," +
  "business plan,trial period,old account,second account,branch office,call centre,warehouse,reseller programme," +
  "student offer,loyalty programme,data centre"
).split(",");
const frames = [
  (what: string, where: string) => `How can I ${what} in the ${where}?`,
  (what: string, where: string) => `What do I need to ${what} for the ${where}?`,
  (what: string, where: string) => `Why does it fail when I ${what} from the ${where}?`,
  (what: string, where: string) => `Who is allowed to ${what} in the ${where}?`,
  (what: string, where: string) => `How long does it take to ${what} on the ${where}?`,
];

const distinct = actions.length * things.length * places.length * frames.length;

/**
 * As many questions as are wanted, the same every time: made of templates, with the vectors of the built-in embedder. Beyond the
 * templates' {@link distinct} the vectors are near-duplicates of theirs, at a cosine of about .93, so that every question has
 * near neighbours that are others.
 */
export function questions(): { readonly at: (index: number) => Question; readonly dimensions: number } {
  const embedder: Embedder = loadEmbedder();
  const bases = new Map<number, Question>();
  const baseOf = (index: number): Question => {
    const known = bases.get(index);
    if (known) return known;
    const text = templated(index);
    const base = { text, vector: embedder.embed(text) };
    bases.set(index, base);
    return base;
  };
  return {
    dimensions: embedder.dimensions,
    at(index) {
      const base = baseOf(index % distinct);
      const turn = Math.floor(index / distinct);
      if (turn === 0) return base;
      return { text: `${base.text} (${turn})`, vector: nearTo(base.vector, 0.4, index) };
    },
  };
}

/** The same question in other words: a vector at a cosine of about .98. */
export const asked = ({ text, vector }: Question, seed: number): Question => ({
  text,
  vector: nearTo(vector, 0.2, seed),
});

function templated(index: number): string {
  let left = index;
  const take = <T>(from: readonly T[]): T => {
    const taken = from[left % from.length] as T;
    left = Math.floor(left / from.length);
    return taken;
  };
  const [action, thing, place, frame] = [take(actions), take(things), take(places), take(frames)];
  return frame(`${action} my ${thing}`, place);
}

/** A vector of length one with noise of so much of its length. */
function nearTo(vector: Float32Array, noise: number, seed: number): Float32Array {
  const next = numbers(seed);
  // Uniform numbers between -1 and 1 have a variance of a third.
  const size = noise * Math.sqrt(3 / vector.length);
  const moved = vector.map((value) => value + size * (2 * next() - 1));
  let squares = 0;
  for (const value of moved) squares += value * value;
  const length = Math.sqrt(squares);
  return moved.map((value) => value / length);
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function numbers(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
