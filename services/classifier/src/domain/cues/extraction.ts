import { anywhere, type Cue } from "./cue.ts";

/** Taking facts out of a given text. */
export const extraction: readonly Cue[] = [
  anywhere(3.5, /\bextract(?:s|ed|ing|ion)?\b|\bkeywords?\b|\bnamed? entit(?:y|ies)\b|\bverbatim\b|\bexact span\b/i),
  anywhere(
    3,
    /\b(?:find|list|locate|highlight|identify|return|pull out|underline) (?:all|every|each|any|the (?:names?|dates?|phrases?|entit))\b/i,
  ),
  anywhere(
    2.5,
    /\b(?:according to|based on|from|in|inside|use|using|given|read) (?:the|this) (?:following |above |given )?(?:text|passage|article|context|document|paragraph|plot|extract|story|contract|clause|letter|e-?mail|report|note|table|transcript|log|signature)\b/i,
  ),
  anywhere(
    2.5,
    /\b(?:following|above) (?:article|passage|context|(?:movie |film )?plot|document|extract)\b|\b(?:context|passage|article|document)\s?:/i,
  ),
  anywhere(
    2,
    /\banswer (?:the|this|these|to the|a few) (?:following )?questions?\b|\bcan(?:'t| ?not) answer\b|\bnot answerable\b|\binsufficient information\b/i,
  ),
  anywhere(
    1.5,
    /\bfields?\s?:|\bas (?:a )?(?:json|table|csv)\b|\battributes \(|\bfill in the (?:form|fields|slots)\b/i,
  ),
  anywhere(3.5, /extrahier|\bextrai[sr]\b|\bextrae\b|\bestrai\b|извлеки|提取|抽取|抽出/i),
];
