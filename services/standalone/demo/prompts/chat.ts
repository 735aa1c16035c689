import type { DemoPrompt } from "./demo-prompt.ts";

const support =
  "You are the assistant of Fernhill Energy, a supplier of electricity and gas to homes. Be brief and friendly, and send people to a human where money or safety is at stake.";

/** Conversation, open questions, advice. */
export const chat: readonly DemoPrompt[] = [
  "hello",
  "Thanks, that was helpful!",
  "What is the capital of Mongolia?",
  "Who painted The Night Watch?",
  "Why is the sky red at sunset?",
  "What is the difference between a latte and a flat white?",
  "How long do I boil an egg so that the yolk is still soft?",
  "Is it safe to eat cheese that has been out of the fridge for a day?",
  "When do the clocks change in Europe?",
  "What can I cook tonight with leeks, eggs and half a lemon?",
  "Give me five ideas for a farewell present for a colleague who likes the sea.",
  "My neighbour practises the drums until eleven at night. How do I raise it without a quarrel?",
  "What should I ask in a job interview for a team lead position?",
  "Explain inflation to me as if I were ten years old.",
  "How do vaccines work?",
  "What are the pros and cons of buying a used electric car?",
  "Suggest three walks near Edinburgh that a six-year-old can manage.",
  "I want to start running but my knees hurt after ten minutes. What should I change?",
  "Tell me something surprising about octopuses.",
  "Which houseplants survive in a dark hallway?",
  "Recommend a book for somebody who loved Pride and Prejudice but finds modern romance dull.",
  "What do people mean when they say that a wine is corked?",
  {
    system: support,
    text: "My bill doubled this month although I was away for two weeks. What is going on?",
  },
  { system: support, text: "How do I send you a meter reading?" },
  { system: support, text: "I smell gas in the kitchen!" },
  { system: support, text: "Can I change the day on which you take the direct debit?" },
  {
    earlier: [
      "I have three days in Lisbon in March. What should I not miss?",
      "Walk through Alfama and up to the castle, take a morning for Belém, and spend an evening with fado in a small house. In March keep an indoor plan for a rainy day: the tile museum is lovely.",
    ],
    text: "And where do I eat well for little money?",
  },
  {
    earlier: [
      "Should a small bakery open on Sundays?",
      "It depends on who passes by: in a residential street Sunday is often the best day, in an office district the worst. Count passers-by on two Sundays before you decide.",
    ],
    text: "Suppose I do. How do I keep the staff happy about it? Compare at least three ways to pay for it, and say which trade-offs each brings for a team of nine.",
  },
  "Our town has to decide whether to close the old bridge to cars. Set out the strongest arguments of shopkeepers, cyclists, the fire brigade and the people on the far bank, and say what evidence would settle the question.",
  "Compare living on a houseboat with renting a small flat: cost, comfort, rules, and what people only notice after a year.",
];
