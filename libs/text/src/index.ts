export { estimateTokens } from "./estimate-tokens.ts";
export { guessLanguage } from "./guess-language.ts";
