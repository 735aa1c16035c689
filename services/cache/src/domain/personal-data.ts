import type { ChatRequest, ChatResponse, Message } from "@switchyard/contracts/vocabulary/chat";
import { findPersonalName, findSensitiveData } from "@switchyard/text";

/** How much the patterns look at in one go, and how far the goes overlap, in UTF-16 code units. */
const windowLength = 16_384;
const overlap = 512;

/**
 * Whether the turns of a conversation hold personal data or secrets. The operator's own turns do not count: whoever shares an
 * answer has the same system prompt, letter by letter.
 */
export function holdsPersonalData({ messages }: ChatRequest): boolean {
  return messages.some((message) => !isOperators(message) && messageIsPersonal(message));
}

/** Whether an answer holds personal data or secrets. */
export const answerHoldsPersonalData = ({ choices }: ChatResponse): boolean =>
  choices.some(({ message }) => message !== undefined && messageIsPersonal(message));

const isOperators = ({ role }: Message) => role === "ROLE_SYSTEM" || role === "ROLE_DEVELOPER";

function messageIsPersonal({ content, toolCalls, refusal }: Message): boolean {
  return (
    content.some(({ part }) => (part?.$case === "text" || part?.$case === "otherJson") && isPersonal(part.value)) ||
    toolCalls.some((call) => isPersonal(call.arguments)) ||
    (refusal !== undefined && isPersonal(refusal))
  );
}

function isPersonal(text: string): boolean {
  for (let start = 0; start < text.length; start += windowLength - overlap) {
    const window = text.length <= windowLength ? text : text.slice(start, start + windowLength);
    if (findSensitiveData(window) !== "none" || findPersonalName(window)) return true;
    if (start + windowLength >= text.length) break;
  }
  return false;
}
