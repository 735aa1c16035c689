/** A unit vector that follows from a text alone; texts that share words and letters point the same way. */
export function embedText(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  for (const [feature, weight] of featuresOf(text)) {
    // Two places for each feature, so that two features rarely fall together wholly.
    for (const seed of [0x811c9dc5, 0x01234567]) {
      const hash = hashOf(feature, seed);
      const place = (hash >>> 1) % dimensions;
      vector[place] = (vector[place] ?? 0) + (hash % 2 === 0 ? weight : -weight);
    }
  }
  const length = Math.hypot(...norms(vector));
  if (length === 0) vector[0] = 1;
  else for (let place = 0; place < dimensions; place++) vector[place] = (vector[place] ?? 0) / length;
  return vector;
}

/** Partial norms, so that no call gets thousands of arguments. */
function norms(vector: Float32Array): number[] {
  const parts: number[] = [];
  for (let start = 0; start < vector.length; start += 512)
    parts.push(Math.hypot(...vector.subarray(start, start + 512)));
  return parts;
}

/** FNV-1a, mixed at the end so that every bit counts. */
function hashOf(text: string, seed: number): number {
  let hash = seed;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** Words, pairs of words and runs of three letters, with weights. */
function featuresOf(text: string): Map<string, number> {
  const features = new Map<string, number>();
  const add = (feature: string, weight: number) => features.set(feature, (features.get(feature) ?? 0) + weight);
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  words.forEach((word, index) => {
    add(`w ${word}`, word.length > 3 ? 1 : 0.3);
    if (index > 0) add(`p ${words[index - 1]} ${word}`, 0.5);
    for (let start = 0; start + 3 <= word.length; start++) add(`t ${word.slice(start, start + 3)}`, 0.2);
  });
  return features;
}
