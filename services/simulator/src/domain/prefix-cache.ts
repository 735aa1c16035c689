import { createHash } from "node:crypto";
import { estimateTokens } from "@switchyard/text";

/** Shorter prefixes are not cached, as at OpenAI. */
const leastTokens = 1024;
/** Cached prefixes are counted in steps of so many tokens. */
const tokenStep = 128;
const blockCharacters = 512;
const mostPrefixes = 50_000;

/** Remembers the prompts of each model by their beginnings, as providers do to charge less for them. */
export interface PrefixCache {
  /** Tokens at the start of a prompt that were seen before, and remembers the prompt. */
  tokensSeen(model: string, prompt: string): number;
}

export function createPrefixCache(): PrefixCache {
  // A set is in the order of insertion, so its first entry is the oldest.
  const seen = new Set<string>();
  return {
    tokensSeen(model, prompt) {
      const hash = createHash("sha256").update(model);
      let matched = 0;
      let isKnown = true;
      for (let end = blockCharacters; end <= prompt.length; end += blockCharacters) {
        hash.update(prompt.slice(end - blockCharacters, end));
        const key = hash.copy().digest("base64");
        isKnown &&= seen.has(key);
        if (isKnown) matched = end;
        seen.add(key);
      }
      for (const oldest of seen) {
        if (seen.size <= mostPrefixes) break;
        seen.delete(oldest);
      }
      const tokens = estimateTokens(prompt.slice(0, matched));
      return tokens < leastTokens ? 0 : Math.floor(tokens / tokenStep) * tokenStep;
    },
  };
}
