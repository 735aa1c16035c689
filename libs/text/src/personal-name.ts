/** How much of a text's beginning is looked through, in UTF-16 code units. */
const lookedAt = 16_384;

/** A word that begins as names do. */
const name = "\\p{Lu}[\\p{L}'’-]{1,30}";

/** Somebody who says who they are. */
const introduction = new RegExp(
  `(?:^|[^\\p{L}])(?:[Mm]y (?:full |first |last )?name(?: is|'s|’s)|[Jj]e m[’']appelle|[Ii]ch hei(?:ß|ss)e|[Mm]e llamo|[Mm]i nombre es|[Mm]i chiamo|[Mm]eu nome é|[Mm]ijn naam is|[Mm]ein Name ist) ${name}`,
  "u",
);
/** Somebody addressed or spoken of by a title. */
const title = new RegExp(
  `(?:^|[^\\p{L}])(?:(?:Mr|Mrs|Ms|Mme|Sr|Sra|Dr|Prof)\\.? |(?:Miss|Herrn?|Frau|Señora?|Monsieur|Madame|Signora?) )${name}`,
  "u",
);
const anyCase = (words: string) =>
  words
    .split(" ")
    .map((word) => `[${word[0]?.toUpperCase()}${word[0]}]${word.slice(1)}`)
    .join("|");
/** A field of a form. */
const field = new RegExp(
  `(?:^|[^\\p{L}])(?:(?:${anyCase("full first last sur given family customer client patient employee applicant")})[ _-]?[Nn]ame|${anyCase("patient applicant insured cardholder")}|Name)["']?\\s{0,3}[:=]\\s{0,3}["']?${name}`,
  "u",
);

/**
 * Whether a text names a person in one of the forms that say so: "my name is Ann", "Mrs Miller", "Patient: John Doe". A
 * name without such a form, or a book's, cannot be told from other words. Time is linear in the first 16,384 code units.
 */
export function findPersonalName(text: string): boolean {
  const beginning = text.length > lookedAt ? text.slice(0, lookedAt) : text;
  return introduction.test(beginning) || title.test(beginning) || field.test(beginning);
}
