import { anywhere, type Cue, order } from "./cue.ts";

const genres =
  "essays?|stor(?:y|ies)|poems?|haiku|sonnet|limerick|e-?mails?|letters?|blog|articles?|posts?|(?:video|podcast|film|movie|play|presentation|tv|radio) scripts?|speech(?:es)?|songs?|lyrics|ads?|advert\\w{0,9}|cop(?:y|ies)|captions?|tweets?|reviews?|reports?|proposals?|press release|cover letter|resume|cv|biograph(?:y|ies)|bio|monologues?|dialogues?|(?:movie |film )?plots?|screenplays?|scenes?|novels?|chapters?|paragraphs?|slogans?|taglines?|newsletters?|announcements?|product descriptions?|descriptions?|introductions?|conclusions?|invitations?|eulogy|toast|messages?|repl(?:y|ies)|agreements?|contracts?|polic(?:y|ies)|recipes?|presentations?|briefs?|narratives?|a sentence|obituary|jokes?";

/** Whoever wants a summary written wants a summary. */
const noSummary = "(?!.{0,40}\\b(?:summary|synopsis|headline|translation)\\b)";

/** Composing or rewriting prose. */
export const writing: readonly Cue[] = [
  order(
    3.5,
    new RegExp(
      `^${noSummary}(?:write|compose|draft|craft|create|generate|make|prepare|produce|pen|provide|give me|build|develop|design|i need|continue)\\b.{0,70}\\b(?:${genres})\\b`,
      "is",
    ),
  ),
  order(
    1.5,
    new RegExp(
      `^${noSummary}(?:write|compose|draft|craft|pen|expand|continue|tell (?:me|us) a (?:story|joke|tale)|(?:reply|respond) to)\\b`,
      "i",
    ),
  ),
  anywhere(
    3,
    /\b(?:re-?write|rephrase|reword|paraphrase|proofread|polish|copy-?edit)\b|\bimprove (?:the|this|my) (?:text|writing|wording|paragraph|sentence|essay|e-?mail)\b|\bcorrect (?:the|this|my) (?:grammar|text|english)\b/i,
  ),
  anywhere(
    2.5,
    new RegExp(
      `\\b(?:write|compose|draft|craft|generate|come up with|turn .{0,30} into|make)\\b.{0,40}\\b(?:${genres})\\b`,
      "is",
    ),
  ),
  anywhere(
    1.5,
    /\b(?:(?:ghost|copy|creative |blog |script|speech)writer|writer|novelist|poet|in the style of|\d{2,4}[- ]words?|tone|fiction(?:al)?|fanfic\w{0,6}|plot)\b/i,
  ),
  anywhere(
    3,
    /\b(?:schreib|verfass|formulier)\w{0,3}\b|\bécri[st]\b|\brédige[rz]?\b|\bescrib[ea]\b|\bredacta\b|\bscrivi\b|\bescreva\b|напиши|写一|作文|改写|润色|書いて/i,
  ),
];
