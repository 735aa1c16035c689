/** What a tokenizer tells apart, as small integers so that they stay in registers. */
export const kind = {
  lower: 0,
  upper: 1,
  /** Latin letters outside ASCII; their share tells English from other languages. */
  accented: 2,
  digit: 3,
  /** Space and tab. */
  blank: 4,
  newline: 5,
  punctuation: 6,
  cyrillic: 7,
  /** Other alphabets and abugidas: Greek, Hebrew, Arabic, Indic scripts, Thai and the like. */
  alphabetic: 8,
  hangul: 9,
  kana: 10,
  han: 11,
  /** Typographic marks and symbols beyond ASCII. */
  symbol: 12,
  /** Half of a surrogate pair: emoji and rare scripts. */
  surrogate: 13,
} as const;

export type Kind = (typeof kind)[keyof typeof kind];

const ascii = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code >= 97 && code <= 122) return kind.lower;
  if (code >= 65 && code <= 90) return kind.upper;
  if (code >= 48 && code <= 57) return kind.digit;
  if (code === 32 || code === 9) return kind.blank;
  if (code === 10 || code === 13) return kind.newline;
  return kind.punctuation;
});

/** The kind of a UTF-16 code unit. */
export function kindOf(code: number): Kind {
  return code < 128 ? (ascii[code] as Kind) : kindBeyondAscii(code);
}

function kindBeyondAscii(code: number): Kind {
  if (code < 0xc0) return code === 0xa0 ? kind.blank : kind.symbol;
  if (code < 0x300) return kind.accented;
  if (code >= 0x400 && code < 0x530) return kind.cyrillic;
  if (code < 0x1100) return kind.alphabetic;
  if (code < 0x1200) return kind.hangul;
  if (code < 0x1e00) return kind.alphabetic;
  if (code < 0x1f00) return kind.accented;
  if (code < 0x2000) return kind.alphabetic;
  if (code < 0x3040) return kind.symbol;
  if (code < 0x3100) return kind.kana;
  if (code < 0xa000) return kind.han;
  if (code < 0xac00) return kind.alphabetic;
  if (code < 0xd7b0) return kind.hangul;
  if (code < 0xe000) return kind.surrogate;
  if (code >= 0xf900 && code < 0xfb00) return kind.han;
  return kind.symbol;
}
