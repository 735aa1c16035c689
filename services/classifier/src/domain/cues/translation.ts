import { anywhere, type Cue } from "./cue.ts";

const languages =
  "english|german|french|spanish|italian|portuguese|dutch|polish|czech|russian|ukrainian|turkish|arabic|hebrew|persian|hindi|chinese|mandarin|japanese|korean|vietnamese|thai|greek|swedish|norwegian|danish|finnish|hungarian|romanian|indonesian|latin";

/** Another human language. */
export const translation: readonly Cue[] = [
  anywhere(4, /\btranslat(?:e|es|ing|ion|ions|or)\b/i),
  anywhere(4, /übersetz|\btradui[st]\b|\btraduce\b|\btraduci\b|\btraduza\b|перевед|翻译|翻譯|翻訳|번역/i),
  anywhere(2.5, new RegExp(`(?:->|→|=>|\\b(?:in|into|to))\\s{0,2}(?:${languages})\\b`, "i")),
  anywhere(1.5, new RegExp(`\\b(?:from|speaks?(?: only)?|the)\\s(?:${languages})\\b`, "i")),
  anywhere(2.5, new RegExp(`\\b(?:${languages}) (?:version|equivalent)\\b|(?:^|\\n)(?:${languages})\\s?:`, "i")),
  anywhere(3, /\blocali[sz]e\b|\bhow do you say\b/i),
];
