/** What a text gives away: a secret, personal data, or nothing that was found. */
export type SensitiveData = "secret" | "personal" | "none";

/** How much of a text's beginning is looked through, in UTF-16 code units. */
const lookedAt = 16_384;

/** Keys, tokens and passwords that stand in a text as they are. */
const secret =
  /-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----|\b(?:sk|rk|pk)[-_](?:live|test|proj|ant)[-_][\w-]{12,80}|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{30,80}|\bxox[abprs]-[\w-]{10,80}|\beyJ[\w-]{10,400}\.eyJ[\w-]{10,800}\.|\b(?:password|passwd|api[-_ ]?key|secret|access[-_ ]?token)["']?\s{0,3}[:=]\s{0,3}["']?[^\s"',]{6,80}/i;

const mail = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,24}){1,3}/;
const phone = /(?:\+\d{1,3}[ .-]?|\(0\d{1,4}\) ?|\b0)\d{2,4}(?:[ .-]?\d{2,4}){2,4}\b/;
const digitRun = /\b\d(?:[ -]?\d){12,18}\b/g;
const account = /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b/g;
const socialSecurity = /\b(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b/;

/**
 * Looks for secrets (keys, passwords, payment cards) and personal data (e-mail addresses, phone numbers, bank accounts) by
 * their form and, where they have them, their check digits. Finds what has a form; a name or a diagnosis has none. Time is
 * linear in the first 16,384 code units.
 */
export function findSensitiveData(text: string): SensitiveData {
  const beginning = text.length > lookedAt ? text.slice(0, lookedAt) : text;
  if (secret.test(beginning)) return "secret";
  const hasDigits = /\d{2}/.test(beginning);
  if (hasDigits && anyMatch(digitRun, beginning, isCard)) return "secret";
  if (beginning.includes("@") && mail.test(beginning)) return "personal";
  if (!hasDigits) return "none";
  if (socialSecurity.test(beginning) || phone.test(beginning)) return "personal";
  return anyMatch(account, beginning, isAccount) ? "personal" : "none";
}

function anyMatch(pattern: RegExp, text: string, holds: (match: string) => boolean): boolean {
  for (const [match] of text.matchAll(pattern)) if (holds(match)) return true;
  return false;
}

/** Luhn's check of a card number that begins as the card schemes' numbers do. */
function isCard(written: string): boolean {
  const digits = written.replace(/\D/g, "");
  if (!/^[3-6]/.test(digits)) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? 2 * digit : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** The check of an IBAN: moved and read as a number, it leaves 1 when divided by 97. */
function isAccount(written: string): boolean {
  const letters = written.replace(/ /g, "");
  let remainder = 0;
  for (const character of letters.slice(4) + letters.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}
