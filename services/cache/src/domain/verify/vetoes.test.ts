import { describe, expect, it } from "vitest";
import { align } from "./alignment.ts";
import { preparePrompt } from "./prepared-prompt.ts";
import { findVeto } from "./vetoes.ts";

/** As if every word had been seen now and then, names aside. */
const common = new Set("name review movie weather city bank card account transfer".split(" "));
const prepare = (text: string) => preparePrompt(text, (stem) => (common.has(stem) ? 0.3 : 0.7));
const minutes =
  "Mara: the move of the orders table took four hours instead of one, nobody noticed. Jon: still waiting for the certificate of the payment provider, blocked. Priya: the flaky test is back, third time this week. Mara: don't delete it.";
const veto = (a: string, b: string) => {
  const [left, right] = [prepare(a), prepare(b)];
  const found = findVeto(left, right, align(left, right));
  expect(findVeto(right, left, align(right, left)), "the other way round").toBe(found);
  return found;
};

describe("the rules against sharing an answer", () => {
  it.each([
    ["numbers", "How do I get 5 points?", "How do I get 6 points?"],
    ["numbers", "Summarize this in three sentences", "Summarize this in 4 sentences"],
    ["numbers", "What is the status of ticket INV-4711?", "What is the status of ticket INV-4712?"],
    ["numbers", "Move 3 files to 5 folders", "Move 5 files to 3 folders"],
    ["numbers", "Which laptops did you sell?", "Which laptops did you sell in 2023?"],
    ["numbers", "What is -5 + 3?", "What is 5 + 3?"],
    ["numbers", "Add −10 to the total", "Add 10 to the total"],
    ["numbers", "What is .5 of 80?", "What is 5 of 80?"],
    ["numbers", "What is 5-3?", "What is 53?"],
    ["numbers", "What is 6 / 3?", "What is 6 - 3?"],
    ["numbers", "What is 1e-3 in words?", "What is 1e3 in words?"],
    ["numbers", "What is 10^-3 in words?", "What is 10^3 in words?"],
    ["numbers", "What is (3+4)*5?", "What is 3+(4*5)?"],
    ["numbers", "Where is parcel ab-12-3?", "Where is parcel ab-1-23?"],
    ["numbers", "Is a board 5' long?", 'Is a board 5" long?'],
    ["numbers", "What is 3!?", "What is 3?"],
    ["numbers", "What is a/b?", "What is a-b?"],
    ["numbers", "Compute x - y", "Compute x / y"],
    ["roles", "Does the dog bite the man?", "Does the man bite the dog?"],
    ["roles", "When does the client call the server?", "When does the server call the client?"],
    ["roles", "Why did the teacher praise the student?", "Why did the student praise the teacher?"],
    ["roles", "How does debt affect growth?", "How does growth affect debt?"],
    ["roles", "Is a square a rectangle?", "Is a rectangle a square?"],
    ["roles", "Who hired the manager?", "Who did the manager hire?"],
    ["roles", "Which team beat Brazil?", "Which team did Brazil beat?"],
    ["negation", "Which users are verified?", "Which users are not verified?"],
    ["negation", "Can I travel with a visa?", "Can I travel without a visa?"],
    ["opposite", "How do I increase my limit?", "How do I reduce my limit?"],
    ["opposite", "Is it fine to smoke before surgery?", "Is it fine to smoke after surgery?"],
    ["opposite", "How do I lock my screen?", "How do I unlock my screen?"],
    ["category", "weather in paris", "weather in rome"],
    ["category", "show me the sales per week", "show me the sales per month"],
    ["category", "convert dollars to euros", "convert dollars to yen"],
    ["entities", "Where does Anna Kowalska work?", "Where does Anna Lindqvist work?"],
    ["entities", "Who runs Acmecorp?", "Who runs Initech?"],
    ["question_type", "Why was Carthage destroyed?", "When was Carthage destroyed?"],
    ["question_type", "What must I change?", "When must I change?"],
    ["question_type", "How many users are there?", "Who are the users?"],
    ["roles", "flights from Boston to Denver", "flights from Denver to Boston"],
    ["roles", "Did Alice pay Bob?", "Did Bob pay Alice?"],
    ["roles", "Did Alice pay Bob?", "Was Alice paid by Bob?"],
    ["roles", "Was Bob paid by Alice?", "Was Alice paid by Bob?"],
    ["question_type", "Can I build a house?", "How do I build a house?"],
    ["question_type", "What is a chromosome?", "What does a chromosome do?"],
    ["reference", "Which manga is this?", "Which is a manga?"],
    ["reference", "What is ## in Python?", "What is # in Python?"],
    ["reference", "What does !x mean?", "What does x mean?"],
    ["roles", "Is there life after death?", "Is there death after life?"],
    ["roles", "How do I convert pdf to docx?", "How do I convert docx to pdf?"],
    ["roles", "Is renting better than buying?", "Is buying better than renting?"],
    ["roles", "Move money from my account to the joint account", "Move money from the joint account to my account"],
    ["roles", "Is Rust better than Go?", "Is Go better than Rust?"],
    ["opposite", "How do I zoom in?", "How do I zoom out?"],
    ["pronouns", "Should he call her?", "Should she call him?"],
    ["pronouns", "If Anna and Ben marry, is Ben's family happy?", "If Anna and Ben marry, is her family happy?"],
    ["category", "Is 10 kg a lot?", "Is 10 km a lot?"],
    ["conjunction", "Is Anna a poet or a painter?", "Is Anna a poet and a painter?"],
    ["question_type", "How is steel made?", "Where is steel made?"],
    ["tense", "Is the company profitable?", "Was the company profitable?"],
    ["tense", "When does the museum open?", "When was the museum open?"],
    ["category", "How do I top up by cheque?", "How do I top up by bank transfer?"],
    ["tense", "Is Anna a poet?", "Is Anna becoming a poet?"],
    ["language", "reset password", "сбросить пароль"],
    [
      "document",
      `Summarize the meeting in three points:\n${minutes}`,
      `Write a one-sentence summary of this chat:\n${minutes}`,
    ],
    ["document", `Fix the grammar of this text:\n${minutes}`, `Explain the grammar of this text:\n${minutes}`],
    ["document", `Summarize: ${minutes}`, `Summarize: ${minutes.replace("blocked", "solved")}`],
    ["document", `Shorten: ${minutes}`, `Shorten: ${minutes.replace("nobody ", "")}`],
    ["length", "a ".repeat(10_000), "b ".repeat(10_000)],
  ])("find %s in %j and %j", (rule, a, b) => {
    expect(veto(a, b)).toBe(rule);
  });

  it.each([
    ["How do I reset my password?", "What's the best way to reset my passcode?"],
    ["Did Alice pay Bob?", "Was Bob paid by Alice?"],
    ["Is Anna friends with Ben?", "Is Ben friends with Anna?"],
    ["What is the difference between Java and Kotlin?", "What is the difference between Kotlin and Java?"],
    ["How do I spend 2,500 dollars?", "how to spend $2500"],
    ["HOW DO I RESET MY PASSWORD", "how do i reset my password"],
    ["What is the reason the sky is blue?", "Why is the sky blue?"],
    ["Where was Marie Curie born?", "where was marie curie born"],
    ["How do I become a pilot?", "How can I be a pilot?"],
    ["Why was I charged a fee for paying by card?", "Why was I charged a fee for a card payment?"],
    ["How do I unclog a blocked drain?", "How do I unblock a blocked drain?"],
    ["What caused the crash?", "What was the cause of the crash?"],
    ["Is lunch from 12 to 1?", "Is lunch from 12 to 1"],
    ["How do I sort rows in Excel?", "In Excel, how do I sort rows?"],
    ["How do cats and dogs differ?", "How do dogs and cats differ?"],
    ["Is −5 a number?", "Is -5 a number?"],
    [`Please summarize the following meeting:\n${minutes}`, `summarize the following meeting:\n${minutes}`],
    ["", ""],
  ])("leave %j and %j to the score", (a, b) => {
    expect(veto(a, b)).toBeUndefined();
  });
});
