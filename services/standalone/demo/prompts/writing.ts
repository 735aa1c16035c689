import type { DemoPrompt } from "./demo-prompt.ts";

const voice =
  "You write for Moss & Tide, a small maker of rain clothes. Plain words, dry humour, no exclamation marks, British spelling.";

/** Composing or rewriting prose. */
export const writing: readonly DemoPrompt[] = [
  "Write a haiku about rain on a tin roof.",
  "Write a birthday message for my grandmother, who turns 90 and still beats everybody at cards.",
  "Write a two-sentence out-of-office reply for a week in July.",
  "Write an e-mail to my landlord: the boiler has been broken for three days and I want it repaired by Friday.",
  "Write a polite reminder for an invoice that is two weeks overdue.",
  "Rewrite this so that it sounds friendlier: Send me the file now, you should have done it yesterday.",
  "Rewrite this sentence in the active voice: Mistakes were made by the committee in the planning of the event.",
  "Proofread this text and correct only the mistakes: Their are to many people which doesnt now the difference of less and fewer.",
  "Paraphrase: The early bird catches the worm, but the second mouse gets the cheese.",
  "Write a limerick about a cat that wants to be a lawyer.",
  "Write three subject lines for a newsletter about a spring sale of garden tools.",
  "Draft a job advertisement for a part-time bookkeeper in a bicycle shop.",
  "Write a cover letter for a nurse who moves from a hospital to a school.",
  "Write a toast for a wedding where the couple met in a launderette. One minute, warm, one joke.",
  { system: voice, text: "Write the product description of a yellow children's raincoat, at most 60 words." },
  {
    system: voice,
    text: "Write a post announcing that deliveries will be a week late because of a flood in the warehouse.",
  },
  { system: voice, text: "Reply to a customer who says that her raincoat is not waterproof after eleven years." },
  "Write a short story of about 300 words about a lighthouse keeper who is afraid of the dark.",
  "Write a blog post about composting in a flat: what works, what smells, and what to tell the neighbours.",
  "Write a dialogue between a cautious bank clerk and a customer who wants to pay in a jar of coins, as a comedy sketch.",
  "Compose an essay of 600 words on whether cities should make public transport free. It must state the best objection to its own thesis, include at least two numbers with their source, avoid rhetorical questions, and end without a summary.",
  "Write the first page of a detective novel that is set in a salt mine in 1911. The narrator must not say who she is, the body should appear only in the last line, and the style should be close to reportage.",
  {
    earlier: ["Write a slogan for a repair café.", "Bring it broken. Take it home."],
    text: "Write five more in that style, for posters in five parts of the town.",
  },
  {
    earlier: [
      "Draft a press release about our new ferry line to the islands.",
      "From 1 June the ferry Marit sails twice a day between Sørvik and the outer islands. The crossing takes fifty minutes; a single ticket costs 90 kroner, children travel free.",
    ],
    text: "Rewrite it for schoolchildren of about ten, and add a quotation by the captain.",
  },
];
