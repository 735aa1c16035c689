/** Forms that no rule below leads back, each followed by what it is a form of. */
const irregularForms = `went go gone go goes go did do done do does do doing do was be were be is be are be am be been be being be
has have had have having have bought buy brought bring thought think taught teach caught catch sought seek found find
made make made make said say saw see seen see got get gotten get gave give given give took take taken take came come
ran run knew know known know wrote write written write spoke speak spoken speak broke break broken break stole steal
stolen steal lost lose won win sold sell told tell felt feel left leave kept keep slept sleep met meet paid pay sent send
spent spend built build lent lend held hold stood stand understood understand heard hear grew grow grown grow threw throw
flew fly flown fly drew draw drawn draw drove drive driven drive rode ride rose rise risen rise chose choose chosen choose
forgot forget forgotten forget began begin begun begin sang sing sung sing drank drink drunk drink swam swim ate eat eaten eat
fell fall fallen fall hid hide hidden hide wore wear worn wear tore tear became become led lead fed feed bled bleed fought fight
men man women woman children child people person mice mouse feet foot teeth tooth geese goose wives wife lives life
knives knife leaves leaf halves half countries country lying lie dying die tying tie using use died die lied lie tied tie
meant mean adding add added add applies apply applied apply applying apply replied reply supplied supply supplies supply happier happy happiest happy healthier healthy easier easy earlier early busier busy uses use used use notes note noted note planes plane cares care caring care cared care rates rate rated rate hates hate hating hate hated hate
sites site wines wine fates fate themes theme pastes paste pasted paste capes cape stares stare analyses analysis crises crisis criteria criterion phenomena phenomenon best best better better worse worse worst worst`;

const irregular: ReadonlyMap<string, string> = (() => {
  const words = irregularForms.split(/\s+/);
  const forms = new Map<string, string>();
  for (let index = 0; index + 1 < words.length; index += 2)
    forms.set(words[index] as string, words[index + 1] as string);
  return forms;
})();

/** Words that look inflected and are not. */
const whole = new Set(
  `this his is us as has was yes bus gas news thus always perhaps during thing something anything nothing everything
  king ring sing bring string spring wing need seed feed speed indeed weed bed red hundred only family reply apply supply
  july italy early daily series species physics mathematics politics economics paris texas illinois kansas christmas
  morning evening wedding building ceiling actually really truly honestly certainly definitely genuinely seriously
  literally simply basically note plane care rate hate site wine fate theme paste cape stare`.split(/\s+/),
);

const vowel = /[aeiouy]/;

/**
 * Cuts the inflection of an English word in lower case, so that its forms agree: "managing", "managed" and "manages" with
 * "manage". The result need not be a word. Other languages pass mostly untouched.
 */
export function stem(word: string): string {
  const base = irregular.get(word) ?? word;
  if (base.length <= 3 || whole.has(base)) return base;
  const cut = cutInflection(cutPlural(base));
  return whole.has(cut) ? cut : cutEnd(cut);
}

function cutPlural(word: string): string {
  if (!word.endsWith("s") || word.endsWith("ss") || word.endsWith("us") || word.endsWith("is")) return word;
  if (word.endsWith("ies") && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(?:[sxz]|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}

function cutInflection(word: string): string {
  if (word.endsWith("ing") && word.length > 5) return cutSuffix(word, 3);
  if (word.endsWith("ied") && word.length > 4) return `${word.slice(0, -3)}y`;
  if (word.endsWith("ed") && word.length > 4) return cutSuffix(word, 2);
  if (word.endsWith("ly") && word.length > 5) return word.slice(0, -2);
  return word;
}

function cutSuffix(word: string, length: number): string {
  const rest = word.slice(0, -length);
  if (!vowel.test(rest)) return word;
  const last = rest.at(-1);
  const doubled = last === rest.at(-2) && last !== "l" && last !== "s" && last !== "z" && !vowel.test(last ?? "");
  return doubled ? rest.slice(0, -1) : rest;
}

function cutEnd(word: string): string {
  if (word.length <= 3) return word;
  if (word.endsWith("e")) return word.slice(0, -1);
  return word.endsWith("y") ? `${word.slice(0, -1)}i` : word;
}
