import type { DemoPrompt } from "./demo-prompt.ts";

const standup =
  "Mara: migration of the orders table ran last night, took four hours instead of one, nobody noticed. I will look at the index today.\nJon: still waiting for the certificate of the payment provider, blocked. Will ask Priya to call them.\nPriya: can do. Also the flaky test is back, third time this week, I would rather delete it than look at it again.\nMara: please don't, it found a real bug in May.\nPriya: fine, then I need a day for it.\nJon: release is on Thursday either way?\nMara: yes, unless the certificate does not come. Decision on Wednesday noon.";
const article =
  "For three summers the harbour of Sørvik has been the test bed of a small experiment. Instead of dredging the silt that every storm carries in, the town planted eelgrass on a hectare of seabed and let it do the work. Eelgrass slows the water; slow water drops its silt where the plants are, not in the fairway. The first year was a failure: two thirds of the seedlings were torn out in October. In the second the biologists set them in biodegradable mesh, and four in five survived. This spring the fairway was eleven centimetres deeper than forecast, which spared the town one dredging, about two million kroner, against planting costs of just under one. Fishermen report more juvenile cod, though nobody has counted them properly. Critics point out that a single winter of ice could undo the meadow and that the dredger, once sold, will not come back. The council votes in November on four more hectares.";
const complaint =
  "I booked the family room for four nights in January, by phone, and was told breakfast was included. When we arrived the room had two beds, not four, and the desk said the booking was for two people. They found us a second room on another floor, which meant that my wife and I slept apart, each with a child. On the second day there was no hot water until noon. When I asked about breakfast I was shown a price list. At check-out I was charged for two rooms and eight breakfasts, together 1,140 instead of the 620 I had been quoted. The lady at the desk was kind but said that she could change nothing. I have the confirmation e-mail, which gives the price but not the number of beds.";

/** Shortening a given text. */
export const summarization: readonly DemoPrompt[] = [
  `Summarize the following meeting in three bullet points:\n${standup}`,
  `Write a one-sentence summary of this chat:\n${standup}`,
  `Summarize who has to do what by when, as a list of action items:\n${standup}`,
  `Summarize the following article in two sentences:\n\n${article}`,
  `TL;DR:\n\n${article}`,
  `Give the article below a headline of at most eight words.\n\n${article}`,
  `Summarize this article for the town's council: what was tried, what it cost and saved, what is uncertain, and what the vote is about. At most 120 words, neutral tone, and make clear which numbers are measured and which are claims.\n\n${article}`,
  `Sum up this complaint in one line for the hotel's manager:\n\n${complaint}`,
  `Summarize the complaint below in four bullet points, ordered by what costs the hotel most:\n\n${complaint}`,
  `Shorten this to a text message of 160 characters:\n\n${complaint}`,
  {
    system: "For each text you receive, produce exactly three key points, each of at most twelve words.",
    text: article,
  },
  {
    system: "For each text you receive, produce exactly three key points, each of at most twelve words.",
    text: complaint,
  },
  {
    json: true,
    text: `Summarize the complaint as JSON with the fields "customer_wants", "problems" (a list), "amount_in_dispute" and "evidence":\n\n${complaint}`,
  },
  `Fasse den folgenden Text in zwei deutschen Sätzen zusammen:\n\n${article}`,
  "Condense this paragraph to half its length:\nIt has come to our attention that a number of colleagues have, on more than one occasion, left cups, plates and in one case a whole pan in the sink of the third-floor kitchen over the weekend, and we would therefore like to kindly ask everybody to make sure that whatever they use is washed, dried and put back before they leave on Friday.",
  "Summarize in one sentence: The shop opens at nine, except on Mondays, when it opens at eleven, and in December, when it opens at eight every day including Mondays.",
  "Summarize the gist of this voice note:\nhey it's me, so I talked to the plumber and he says Thursday, maybe Friday, but then I asked the other one and she can do Wednesday for a bit more, so unless you object I take her, oh and bring milk",
  "Write a short synopsis of this plot:\nA lighthouse keeper who has lied about his eyesight for years must guide in the one ship whose captain knows the truth. The storm breaks the lamp; the captain, who came to have him dismissed, ends up calling out the waves for him from the gallery.",
  {
    earlier: [
      `Summarize this article in two sentences:\n\n${article}`,
      "Sørvik planted eelgrass to keep silt out of its harbour; after a failed first year the meadow took hold, deepened the fairway and saved one dredging. The council votes in November on extending it, while critics warn of ice and of selling the dredger.",
    ],
    text: "Now shorten that to fifteen words, without the name of the town.",
  },
  `Recap the two texts below in one paragraph each, then compare how sure each author is of the facts, and evaluate which claims would need checking before publication.\n\nText 1:\n${article}\n\nText 2:\n${complaint}`,
];
