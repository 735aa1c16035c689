import { anywhere, type Cue, order } from "./cue.ts";

/** Conversation, open questions, advice. */
export const chat: readonly Cue[] = [
  order(
    1.5,
    /^(?:what(?:'s| is| are| was| were| do| does| did| should| would| can)?|who|when|where|why|how (?:do|does|did|to|can|should|would|is|are|come|long|much|often)|is|are|was|were|can|do|does|did|should|will|would|which|whose)\b/i,
  ),
  order(
    2,
    /^(?:tell me|explain|describe|list|name|suggest|recommend|brainstorm|give me|plan|i(?:'m| am)|my|act as|pretend|you are|let's|thanks?|thank you|compare)\b/i,
  ),
  anywhere(
    1.5,
    /\b(?:ideas?|tips|advice|suggestions?|recommend(?:ations?)?|brainstorm|pros and cons|best way to|should i|what do you think|role-?play|act as|how to|difference between|meaning of)\b/i,
  ),
  anywhere(
    1.5,
    /^[¿¡"\s]*(?:(?:was|wer|wie|warum|wann|wo|kannst du|pourquoi|comment|qui|quel|qué|cómo|quién)(?!\p{L})|по(?:чему|ясни)|что|как|什么|怎么|为什么|如何)/iu,
  ),
];
