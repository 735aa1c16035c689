export { type CanonicalWord, canonicalRoot, canonicalWords } from "./embedder/canonical-words.ts";
export { cosine, createEmbedder, type Embedder, loadEmbedder } from "./embedder/embedder.ts";
export { estimateTokens } from "./estimate-tokens.ts";
export { foldCharacters } from "./fold-characters.ts";
export { guessLanguage } from "./guess-language.ts";
export { createHashedFeatures, type HashedFeatures, type HashedFeaturesOptions, mixHash } from "./hashed-features.ts";
export { findPersonalName } from "./personal-name.ts";
export { findSensitiveData, type SensitiveData } from "./sensitive-data.ts";
