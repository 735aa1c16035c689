import type { DemoPrompt } from "./demo-prompt.ts";

const triage =
  "You triage tickets of a software company. Reply with exactly one label: billing, outage, how-to, feature-request, other.";
const intent =
  'Classify the message of a bank customer. Reply as JSON: {"intent": one of "card_lost", "transfer", "balance", "loan", "other", "urgent": true or false}.';

/** Choosing from a closed set of labels. */
export const classification: readonly DemoPrompt[] = [
  { system: triage, text: "The dashboard has shown a blank page since about nine this morning, for all of us." },
  { system: triage, text: "We were charged twice for March." },
  { system: triage, text: "Where do I switch on two-factor login?" },
  { system: triage, text: "It would help a lot if exports could be scheduled." },
  { system: triage, text: "Please send our greetings to Ilse, she solved everything." },
  { system: triage, text: "API answers 503 in Frankfurt, Dublin seems fine, our orders are piling up." },
  { system: triage, text: "Can the invoice carry our purchase order number? And how do I add a second seat?" },
  { system: intent, json: true, text: "i think i left my card on the bus this morning" },
  { system: intent, json: true, text: "How much is in my savings account right now?" },
  { system: intent, json: true, text: "the money i sent to my sister on friday still is not there" },
  { system: intent, json: true, text: "What would I pay a month if I borrowed 8,000 over four years?" },
  { system: intent, json: true, text: "somebody is buying things with my card right now, stop it" },
  "Classify the sentiment of this review as positive, negative or neutral: The soup was cold, but the waiter made up for it and we stayed until midnight.",
  "Classify the sentiment of this review as positive, negative or neutral: Delivered on time. It is a kettle. It boils water.",
  "Classify the sentiment of this review as positive, negative or neutral: Third pair in a year whose sole comes off. Never again.",
  "Is this e-mail spam? Answer yes or no.\n\nDear winner, your parcel with 1 (one) iPhone waits at the depot. Pay 1.99 to release it today.",
  "Is this e-mail spam? Answer yes or no.\n\nHi Tom, the minutes of Tuesday are attached. Could you check the numbers on page two before I send them round?",
  "Which category fits best: politics, sport, science or culture?\n\nThe telescope found water vapour in the air of a planet barely larger than Earth.",
  "Which category fits best: politics, sport, science or culture?\n\nAfter eleven hours the coalition agreed on a budget that nobody likes.",
  "Do these two questions ask the same thing? Answer yes or no.\n1. How do I cancel my subscription?\n2. What happens to my data when I cancel my subscription?",
  "Choose the department from this list: sales, legal, facilities, people.\n\nMy chair has been broken for a week and my back begins to complain.",
  "Rate the urgency of this message from 1 to 5 and reply with the number only: The freezer with the vaccine samples shows minus 40 instead of minus 70 and the alarm has been ringing for twenty minutes.",
  "Label each line as fact or opinion:\n1. The bridge was opened in 1932.\n2. It is the ugliest bridge of the city.\n3. It carries 40,000 cars a day.\n4. It should have been pulled down.",
];
