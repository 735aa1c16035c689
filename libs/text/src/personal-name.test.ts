import { describe, expect, it } from "vitest";
import { findPersonalName } from "./personal-name.ts";

describe("a person's name", () => {
  it.each([
    "Hello, my name is Ann and I cannot log in",
    "My full name is Jürgen Öz",
    "Ich heiße Anna, wo ist mein Paket?",
    "Je m'appelle Élodie",
    "me llamo Íñigo",
    "Is Mrs. Miller's order on its way?",
    "Frau Schmidt hat gekündigt",
    "Patient name: John Doe, 54",
    '{"customer_name": "Jane Roe"}',
    "Name: Jane",
  ])("is found in %j", (text) => {
    expect(findPersonalName(text)).toBe(true);
  });

  it.each([
    "What is the capital of France?",
    "my name is not shown in the app",
    "What is a first name?",
    "name: the field is required",
    "Who wrote Hamlet?",
    "Dr. is short for doctor",
    "",
  ])("is not found in %j", (text) => {
    expect(findPersonalName(text)).toBe(false);
  });

  it("is found in linear time", () => {
    const text = "Mr. mr. name : name: ".repeat(2_000);
    expect(findPersonalName(text)).toBe(false);
  });
});
