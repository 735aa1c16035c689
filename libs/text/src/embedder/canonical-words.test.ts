import { describe, expect, it } from "vitest";
import { canonicalWords } from "./canonical-words.ts";

const read = (text: string) =>
  canonicalWords(text)
    .map(({ root }) => root)
    .join(" ");

describe("the canonical form of a question", () => {
  it.each([
    ["What's the best way to reset my password?", "How do I reset my passcode?"],
    ["Could you please tell me how I can purchase a notebook?", "how to buy laptops"],
    ["Is there a way to get rid of acne?", "What are the steps for removing pimples?"],
    ["What is the reason the sky is blue?", "How come the sky is blue?"],
    ["I can't log in", "i cannot login"],
    ["Transfer $2,500 today", "transfer $2500 today"],
    ["The fee is 10k", "the fee is 10,000"],
    ["We need twenty five chairs", "We need 25 chairs"],
    ["How do I sign in to my account?", "How do I log into my account?"],
    ["I don't remember my password", "I forgot my password"],
    ["What is World War II?", "What is WW2?"],
  ])("is one for %j and %j", (a, b) => {
    expect(read(a)).toBe(read(b));
  });

  it.each([
    ["How do I lock my card?", "How do I unlock my card?"],
    ["Is it safe before dinner?", "Is it safe after dinner?"],
    ["Pay invoice INV-2041", "Pay invoice INV-2014"],
    ["What is error 404?", "What is error 403?"],
    ["send it to a@example.com", "send it to b@example.com"],
    ["Can I do it?", "Can I not do it?"],
    ["Is version 3.1 out?", "Is version 3.10 out?"],
    ["read my notes", "do not read my"],
    ["What is a study plan?", "What is a study plane?"],
    ["How do I sign in?", "How do I sign up?"],
    ["What is a call option?", "What is an option?"],
  ])("is another for %j than for %j", (a, b) => {
    expect(read(a)).not.toBe(read(b));
  });

  it("keeps capitals that the beginning of a sentence does not explain", () => {
    const capitals = canonicalWords("Where does Anna live? Ask Ben.").filter(({ capital }) => capital);
    expect(capitals.map(({ root }) => root)).toEqual(["anna", "ben"]);
  });

  it("reads Chinese character by character", () => {
    expect(read("如何重置密码？")).toBe("如 何 重 置 密 码");
  });

  it("finds no word where there is none", () => {
    expect(canonicalWords("")).toEqual([]);
    expect(canonicalWords(" ?! \n…")).toEqual([]);
  });

  it("takes long and odd texts", () => {
    expect(canonicalWords("x".repeat(100_000))).toHaveLength(1);
    expect(canonicalWords("don't ".repeat(10_000)).length).toBeGreaterThan(10_000);
    expect(canonicalWords("\ud83d constructor __proto__ 🙂").length).toBeGreaterThan(0);
  });
});
