import type { DemoPrompt } from "./demo-prompt.ts";

/** Mathematics, logic, plans of several steps. */
export const reasoning: readonly DemoPrompt[] = [
  "What is 17% of 240?",
  "A train leaves at 9:40 and arrives at 13:05. How long does the journey take?",
  "How many eggs do I need for 14 cakes if three cakes take seven eggs?",
  "Solve for x: 3x + 7 = 31",
  "What is the next number in this sequence: 2, 6, 12, 20, 30, ...?",
  "A tank holds 240 litres and drains at 8 litres a minute. How many minutes until it is a quarter full?",
  "If all bloops are razzies and no razzie is a lazzie, can a bloop be a lazzie? Explain in one sentence.",
  "Three friends share a bill of 86.40. One had no dessert (each dessert cost 5.40). How much does each of them pay?",
  "A jacket costs 20% less in the sale, and members get a further 10% off the sale price. What percentage do members save in all?",
  "Two dice are rolled. What is the probability that the sum is at least 10?",
  "Simplify $\\frac{x^2 - 9}{x^2 + x - 6}$ and say for which x it is not defined.",
  "Find the derivative of $f(x) = x^2 e^{-3x}$ and its critical points.",
  "In how many ways can 5 people sit around a round table if two of them refuse to sit side by side?",
  "Anna is twice as old as Ben was when Anna was as old as Ben is now. Together they are 49. How old are they? Show your work step by step.",
  "Evaluate the integral $\\int_0^1 x \\ln(1 + x) \\, dx$ and justify each step.",
  "Prove that $\\sqrt{2} + \\sqrt{3}$ is irrational.",
  "Prove by induction that the sum of the first n cubes equals the square of the sum of the first n integers, then derive a closed formula for the sum of the first n odd cubes.",
  "A test for a rare disease (1 in 2,000 people) finds 98% of the sick and wrongly flags 1% of the healthy. What is the probability that a person with a positive test is sick? What changes with a second, independent positive test?",
  "Four houses stand in a row, each of another colour. The baker lives beside the green house. The red house is at one end. The pilot lives two doors from the red house. The blue house is not beside the yellow one. The teacher lives in the blue house. The smith does not live at an end. Who lives where? Deduce it step by step, and say whether the solution is unique.",
  "A factory makes two products. A brings 40 of profit and takes 2 hours on the lathe and 1 hour of painting; B brings 30 and takes 1 hour on the lathe and 1 hour of painting. There are 100 lathe hours and 80 painting hours a week, and at most 40 of A can be sold. Find the plan with the highest profit, prove that it is optimal, and calculate what one more painting hour would be worth.",
  "Let $A$ be a real $n \\times n$ matrix with $A^2 = A$. Show that its eigenvalues are 0 and 1 only and that its rank equals its trace.",
  {
    earlier: [
      "A boat goes 24 km downstream in 2 hours and needs 3 hours back. How fast is the current?",
      "Downstream it makes 12 km/h, upstream 8 km/h, so the boat does 10 km/h in still water and the current 2 km/h.",
    ],
    text: "How long would the round trip take if the current were twice as fast?",
  },
  {
    system: "You are a patient maths tutor. Think step by step and end with the answer on a line of its own.",
    text: "A ladder of 5 m leans against a wall with its foot 1.4 m from it. How high does it reach?",
  },
  {
    json: true,
    text: 'Calculate the monthly payment of a loan of 12,000 at 4.8% a year over 36 months. Answer as JSON: {"monthly_payment": number, "total_interest": number}.',
  },
];
