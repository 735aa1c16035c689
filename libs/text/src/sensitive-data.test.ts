import { describe, expect, it } from "vitest";
import { findSensitiveData } from "./sensitive-data.ts";

describe("sensitive data", () => {
  it.each([
    ["a private key", "here: -----BEGIN RSA PRIVATE KEY-----\nMIIE"],
    ["an API key", "use sk-live-abcdefghij0123456789 please"],
    ["a password", 'config: password = "hunter2-hunter2"'],
    ["a card number", "charge 4111 1111 1111 1111, exp 12/27"],
  ])("calls %s a secret", (_name, text) => {
    expect(findSensitiveData(text)).toBe("secret");
  });

  it.each([
    ["an e-mail address", "write to jane.doe@example.com"],
    ["a phone number", "call +44 20 7946 0018 today"],
    ["a bank account", "pay to GB82 WEST 1234 5698 7654 32"],
    ["a social security number", "my SSN is 078-05-1120"],
  ])("calls %s personal", (_name, text) => {
    expect(findSensitiveData(text)).toBe("personal");
  });

  it.each([
    ["a plain question", "What is the capital of Peru?"],
    ["sums and years", "In 1984, 12 + 30 = 42 and 3.14159 is near pi"],
    ["a number that fails the check of cards", "order 4111 1111 1111 1112"],
    ["an account that fails its check", "GB82 WEST 1234 5698 7654 33"],
    ["a handle", "ask @jane on the channel"],
  ])("finds nothing in %s", (_name, text) => {
    expect(findSensitiveData(text)).toBe("none");
  });

  it("takes linear time over a long run of digits, letters or blanks", () => {
    for (const run of ["1", "1 ", "a@", "GB82", "password ", "-", "+1 "]) {
      expect(["none", "personal", "secret"]).toContain(findSensitiveData(run.repeat(500_000 / run.length)));
    }
  });
});
