import type { ChatRequest } from "@switchyard/contracts/vocabulary/chat";

/** How much of a turn's beginning and end is looked at, in UTF-16 code units: a pasted document is not the question. */
const lookedAt = 2_000;

/** Words that bind an answer to the moment, by language. Latin script: as whole words, in lower case. */
const words = [
  // English
  "today(?:['’]s)?|tonight|tomorrow|yesterday|(?:right )?now(?:adays)?|currently|latest|newest|most recent|up[- ]to[- ]date|so far",
  "(?:this|last|next) (?:morning|afternoon|evening|weekend|week|month|quarter|year)|at the moment|as of|these days|breaking news|recently",
  "current (?:[a-z]+ )?(?:price|prices|rate|rates|weather|time|date|temperature|status|score|news|version|events|situation|president|ceo|value|balance|traffic|stock|exchange)s?",
  "(?:what|which) (?:day|date|time) is it|what time|(?:stock|share|exchange|gold|oil|bitcoin|btc|eth) (?:price|rate)s?|weather|forecast",
  // German
  "heute|heutige[nrs]?|morgen|gestern|jetzt|gerade eben|aktuelle?[nrs]?|derzeit|neueste[nrs]?|zurzeit|momentan|(?:diese|letzte|nächste)[nrs]? (?:woche|monat|jahr)|wetter|wie spät",
  // French
  "aujourd['’]hui|demain|maintenant|actuel(?:le)?(?:ment|s)?|en ce moment|derni(?:er|ère)s?|cette semaine|ce mois|météo|quelle heure",
  // Spanish, Portuguese
  "hoy|mañana|ayer|ahora|actualmente|últim[oa]s?|esta semana|este mes|hoje|amanhã|ontem|agora|atual(?:mente)?|esta semana|qué hora|que horas|el tiempo|clima",
  // Italian, Dutch, Polish
  "oggi|domani|ieri|adesso|attual[ei]|questa settimana|ultime notizie|che ore|vandaag|gisteren|huidige?|deze week|dzisiaj|dziś|jutro|wczoraj|teraz|aktualn[yae]",
].join("|");

const latin = new RegExp(`(?<![\\p{L}\\p{N}])(?:${words})(?![\\p{L}\\p{N}])`, "u");
const others =
  /今天|今日|现在|現在|目前|最新|昨天|明天|本周|本月|天气|明日|昨日|今週|天気|오늘|지금|현재|최신|어제|내일|날씨|сегодня|сейчас|вчера|завтра|последн|текущ|погода|اليوم|الآن|أمس|غدا|आज|अभी|कल/;

/** Whether the last turn asks for something that is true for a moment only: today, the latest, the weather. */
export function isTimeSensitive({ messages }: ChatRequest): boolean {
  const last = messages.findLast(({ role }) => role === "ROLE_USER");
  return last?.content.some(({ part }) => part?.$case === "text" && speaksOfNow(part.value)) ?? false;
}

function speaksOfNow(text: string): boolean {
  const ends = text.length <= 2 * lookedAt ? text : `${text.slice(0, lookedAt)}\n${text.slice(-lookedAt)}`;
  return latin.test(ends.toLowerCase()) || others.test(ends);
}
