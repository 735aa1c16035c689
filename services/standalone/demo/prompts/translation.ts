import type { DemoPrompt } from "./demo-prompt.ts";

const shop =
  "You translate the interface of a web shop from English into German. Keep placeholders in braces. Return only the translation.";

/** Another human language. */
export const translation: readonly DemoPrompt[] = [
  { system: shop, text: "Add to basket" },
  { system: shop, text: "Your order {number} is on its way." },
  { system: shop, text: "Only {count} left in stock, order soon" },
  {
    system: shop,
    text: "We could not take the payment. Your card has not been charged. Please try another card or ask your bank.",
  },
  { system: shop, text: "Free delivery from {amount}" },
  { system: shop, text: "Forgot your password?" },
  "Translate into Spanish: Where is the nearest pharmacy, and is it open on Sundays?",
  "Translate into French: The meeting has been moved to Thursday at half past two.",
  "Translate into Italian: Thank you for your patience, we will be with you shortly.",
  "Translate into Dutch: Please keep this door closed.",
  "Translate into Japanese: I am allergic to peanuts and shellfish.",
  "Translate into Polish: Your appointment has been confirmed for 9 May at 10:15.",
  "Übersetze bitte ins Englische: Die Lieferung verzögert sich um voraussichtlich drei Werktage, weil der Hafen bestreikt wird.",
  "Traduce al inglés: No hay mal que por bien no venga.",
  "请把这句话翻译成英文：感谢您的来信，我们会在两个工作日内回复。",
  'How do you say "I would like to pay by card" in Portuguese?',
  "Translate this clause into German legal language, and keep the numbering:\n4.2 The Supplier shall indemnify the Customer against all claims of third parties that arise from a breach of clause 3, unless the Supplier is not responsible for the breach.",
  "Translate this poem into French. Keep the rhyme and the metre as far as you can, and explain in two sentences what had to give way:\nThe tide came in, the tide went out,\nit did not ask what we're about;\nwe built our walls, it took the sand\nand left us all the more of land.",
  "Translate from Swedish into English: Båten går klockan sju om vinden tillåter, annars först i morgon bitti.",
  {
    earlier: [
      "Translate into German: We are happy to welcome you on board.",
      "Wir freuen uns, Sie an Bord begrüßen zu dürfen.",
    ],
    text: "Now translate it once more, less formally, as among colleagues.",
  },
  "Translate this product description into German and Danish, for customers who know nothing of sailing: A self-tailing winch holds the sheet while you grind, so that one pair of hands is enough.",
];
