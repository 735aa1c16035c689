/** How others ask the same, by the text of a prompt. */
export const otherWords: Readonly<Record<string, string>> = {
  "What is the capital of Mongolia?": "Can you tell me the capital of Mongolia?",
  "Who painted The Night Watch?": "Who was the painter of The Night Watch?",
  "Why is the sky red at sunset?": "Why's the sky red at sunset?",
  "What is the difference between a latte and a flat white?": "What's the difference between a flat white and a latte?",
  "When do the clocks change in Europe?": "On which day do the clocks change in Europe?",
  "How do vaccines work?": "Can you explain how vaccines work?",
  "What should I ask in a job interview for a team lead position?":
    "Which questions should I ask in a job interview for a team lead position?",
  "Tell me something surprising about octopuses.": "Please tell me something surprising about octopuses",
  "What do people mean when they say that a wine is corked?": "What does it mean that a wine is corked?",
  "How do I undo the last git commit without losing my changes?":
    "How can I undo the last commit in git without losing my changes?",
  "What does the `?.` operator do in JavaScript?": "In JavaScript, what does the `?.` operator do?",
  "How do I send you a meter reading?": "How can I send you a meter reading?",
  "Can I change the day on which you take the direct debit?":
    "Is it possible to change the day on which you take the direct debit?",
  "What are the pros and cons of buying a used electric car?":
    "What are the advantages and disadvantages of buying a used electric car?",
  "Write a regular expression that matches ISO dates such as 2025-04-30.":
    "Please write a regular expression which matches ISO dates such as 2025-04-30",
  "Write a polite reminder for an invoice that is two weeks overdue.":
    "Please write me a polite reminder for an invoice that is two weeks overdue.",
};
