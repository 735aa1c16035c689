import { anywhere, type Cue } from "./cue.ts";

/** Shortening a given text. */
export const summarization: readonly Cue[] = [
  anywhere(4, /\bsummar(?:y|ies|i[sz]e[sd]?|i[sz]ing|i[sz]ation)\b|\bsum (?:up|this|the)\b|\btl;?\s?dr\b/i),
  anywhere(3.5, /\bwrite .{0,40}\b(?:summary|synopsis)\b/i),
  anywhere(3, /\bsynopsis\b|\brecap\b|\bcondense\b|\bshorten\b|\bthe gist\b|\bboil down\b|\bcompress the\b/i),
  anywhere(2.5, /\b(?:key|main) (?:points?|facts?|takeaways?|ideas?)\b|\bmeeting minutes\b|\bheadline\b/i),
  anywhere(2, /\bin (?:one|a single|two|three|\d) (?:short )?(?:sentences?|lines?|paragraphs?)\b|\btitle for\b/i),
  anywhere(
    4,
    /zusammenfass|fass\w{0,3} .{0,60}zusammen|\brésume[rz]?\b|\bresum[ea]\b|\briassumi\b|总结|概括|摘要|要約/i,
  ),
];
