/** What folding makes of every digit: numbers differ, that there is one matters. */
const digit = 48;
const blank = 32;

/** Folded ASCII: small letters, one digit, one blank for every control character. */
const foldedAscii = Uint16Array.from({ length: 128 }, (_, code) => {
  if (code <= blank || code === 127) return blank;
  if (code >= 65 && code <= 90) return code + 32;
  if (code >= 48 && code <= 57) return digit;
  return code;
});

/**
 * Writes the characters from `start` to `end` of a text, as UTF-16 code units, to `into` from `at` on: in small letters
 * (ASCII, Latin-1, Greek and Cyrillic), digits as `0`, runs of white space as one blank. Returns where it ended; it stops
 * early where `into` is full. Allocates nothing.
 */
export function foldCharacters(text: string, start: number, end: number, into: Uint16Array, at = 0): number {
  const last = Math.min(end, text.length);
  let size = at;
  let previous = blank;
  for (let index = Math.max(0, start); index < last && size < into.length; index++) {
    const code = text.charCodeAt(index);
    const folded = code < 128 ? (foldedAscii[code] as number) : foldBeyondAscii(code);
    if (folded === blank && previous === blank) continue;
    into[size++] = folded;
    previous = folded;
  }
  return size;
}

function foldBeyondAscii(code: number): number {
  if (code >= 0xc0 && code <= 0xde && code !== 0xd7) return code + 32;
  if (code >= 0x391 && code <= 0x3a9) return code + 32;
  if (code >= 0x410 && code <= 0x42f) return code + 32;
  if (code >= 0x400 && code <= 0x40f) return code + 80;
  if (code === 0xa0 || (code >= 0x2000 && code <= 0x200b) || code === 0x2028 || code === 0x3000) return blank;
  return code;
}
