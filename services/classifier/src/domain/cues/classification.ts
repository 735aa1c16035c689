import { anywhere, type Cue } from "./cue.ts";

/** Choosing from a closed set of labels. */
export const classification: readonly Cue[] = [
  anywhere(3.5, /\bclassif(?:y|ies|ied|ication)\b|\bcategori[sz]e\b|\btriage\b/i),
  anywhere(3, /\bsentiment\b|\bpositive,? (?:or|and|\/) ?negative\b|\bpositive\b.{0,30}\bnegative\b/i),
  anywhere(
    2.5,
    /\b(?:which|what|correct|matching|suitable|best|following) (?:category|categories|class|classes|topic|label|labels|intent|department|genre|team)\b/i,
  ),
  anywhere(
    2,
    /\b(?:category|categories|class(?:es)?|labels?|intent|department|tag)\s?[:=]|\b(?:label|tag) (?:the|this|each|it)\b/i,
  ),
  anywhere(
    2,
    /\bone of(?: the following)?\s?:|\b(?:choose|pick|select|answer) (?:one|with one|between|with only)\b|\b(?:choose|pick|select)\b.{0,30}\bfrom\b|\btrue or false\b|\byes or no\b|\byes\/no\b/i,
  ),
  anywhere(
    2.5,
    /\b\d (?:to|-) ?\d stars\b|\bout of (?:5|five|10)\b|\b(?:review )?(?:rating|stars)\s?:|\bon a scale of\b|\brate\b.{0,60}\b\d{1,2} ?(?:to|-|–) ?\d{1,3}\b|\bhow many stars\b|\bnumber of stars\b/i,
  ),
  anywhere(
    2,
    /\bspam\b|\btoxic\b|\boffensive\b|\bsarcastic\b|\bparaphrases? of\b|\bduplicates?\b|\b(?:same|equivalent) (?:thing|meaning|question)\b|\bentail|\b(?:does|do|is|are|can)\b.{0,120}\b(?:paraphrase|rewrite|imply|mean the same)\b/i,
  ),
  anywhere(
    1.5,
    /\bpriority from\b|\bdecide (?:which|whether|if)\b|\bwould you recommend\b|\bis (?:this|it|the \w{2,20}) (?:\w{2,20},? ){1,4}or \w{2,20}\b/i,
  ),
  anywhere(
    2,
    /\breview(?:er)?\b.{0,60}\b(?:positive|negative|good|bad|feel|favou?rable|like)\b|\b(?:intent|sentiment|topic|language) of\b/i,
  ),
  anywhere(2, /[:(]\s?\w[\w -]{0,25}(?:[,/] ?\w[\w -]{0,25}){1,12},? or \w+/i),
  anywhere(4, /klassifizier|\bclasse[rz]? (?:ce|cette|le|la)\b|\bclasifica\b|分类|情感/i),
];
