import type { VerifierWeights } from "./verifier.ts";
import weights from "./verifier.weights.json" with { type: "json" };

export { numbersOf, type PreparedPrompt } from "./prepared-prompt.ts";
export { createVerifier, type Verdict, type Verifier, type VerifierWeights } from "./verifier.ts";
export type { Veto } from "./vetoes.ts";

/** What ships: trained on data whose licence allows it. */
export const shippedVerifierWeights: VerifierWeights = weights;
