import type { ChatRequest } from "@switchyard/contracts/vocabulary/chat";

/** The form that a prompt's own words ask an answer to have. */
export type AskedFormat =
  | { readonly kind: "json" }
  | { readonly kind: "number" }
  /** One of these, in lower case. */
  | { readonly kind: "labels"; readonly labels: readonly string[] };

/** Words that ask for a form stand at the end of the instructions or of the question: so much of each is looked at. */
const looked = 1_000;
const only = `(?:answer|reply|respond|output|return)(?: only)?(?: with)?(?: only| just)?`;
const yesOrNo = new RegExp(String.raw`\b${only} (?:a )?["'“]?yes["'”]?(?: or |/|, )["'“]?no\b`, "i");
const oneNumber = new RegExp(
  String.raw`\b${only} (?:with )?(?:only |just )?(?:the |a |one )(?:single )?(?:number|integer)(?: only)?[.!]?\s*$`,
  "im",
);
const labelled =
  /\b(?:as|into|with|to)(?: exactly)? one of(?: the following)?(?: labels| categories| classes)?: ?([^.\n]{3,300})/i;

/**
 * The form that an answer must have by the words of the prompt; undefined where they ask for none that can be checked. It is
 * rather not seen than seen where it was not meant.
 */
export function askedFormat(
  { responseFormat, tools }: Pick<ChatRequest, "responseFormat" | "tools">,
  systemText: string,
  userText: string,
): AskedFormat | undefined {
  if (responseFormat?.format?.$case === "jsonObject") return { kind: "json" };
  if (responseFormat?.format !== undefined || tools.length > 0) return undefined;
  const text = `${systemText.slice(-looked)}\n${userText.slice(0, looked)}\n${userText.slice(-looked)}`;
  if (yesOrNo.test(text)) return { kind: "labels", labels: ["yes", "no"] };
  if (oneNumber.test(text)) return { kind: "number" };
  const [, list] = labelled.exec(text) ?? [];
  const labels = list === undefined ? [] : labelsOf(list);
  return labels.length >= 2 ? { kind: "labels", labels } : undefined;
}

const labelsOf = (list: string) =>
  list
    .split(/,|;|\/|\bor\b|\band\b/)
    .map(bare)
    .filter((label) => label !== "" && label.length <= 40);

/** Whether an answer has the form. */
export function hasFormat(answer: string, format: AskedFormat): boolean {
  switch (format.kind) {
    case "json":
      return isJson(answer);
    case "number":
      return /^[^\d]{0,12}-?\d[\d,. ]*%?[^\d]{0,12}$/.test(answer.trim());
    case "labels":
      return format.labels.includes(bare(answer));
  }
}

/** Text without the marks that people and models put around a label. */
export const bare = (text: string) => text.toLowerCase().replace(/^[\s"'“”`*.(]+|[\s"'“”`*.!)]+$/g, "");

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
