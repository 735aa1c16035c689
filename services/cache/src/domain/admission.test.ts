import type { Message } from "@switchyard/contracts/vocabulary/chat";
import type { CachePolicy, Sensitivity } from "@switchyard/contracts/vocabulary/routing";
import { describe, expect, it } from "vitest";
import { chatRequest, textPart } from "../testing.ts";
import { admit } from "./admission.ts";

const request = {
  chat: chatRequest(),
  user: "ann",
  policy: "CACHE_POLICY_READ_WRITE",
  sensitivity: "SENSITIVITY_PUBLIC",
} as const;
const rules = { maxTemperature: 1, personalData: "user", timeSensitiveTtlSeconds: 60 } as const;
const nothing = { read: false, write: false, replay: false, isOwn: false, ttlSeconds: 0 };
const replayOnly = { ...nothing, replay: true };
const everything = { read: true, write: true, replay: true, isOwn: false, ttlSeconds: 0 };
const own = { ...everything, isOwn: true };
const asking = (text: string) => ({
  ...request,
  chat: chatRequest({ messages: [{ role: "ROLE_USER", content: [textPart(text)] }] }),
});

describe("what the cache may do", () => {
  it.each<[CachePolicy, object]>([
    ["CACHE_POLICY_UNSPECIFIED", everything],
    ["CACHE_POLICY_READ_WRITE", everything],
    ["CACHE_POLICY_REFRESH", { ...everything, read: false }],
    ["CACHE_POLICY_NO_STORE", replayOnly],
    ["UNRECOGNIZED", replayOnly],
  ])("under the policy %s is %o", (policy, admission) => {
    expect(admit({ ...request, policy }, rules)).toEqual(admission);
  });

  it.each<[Sensitivity, object]>([
    ["SENSITIVITY_UNSPECIFIED", everything],
    ["SENSITIVITY_PUBLIC", everything],
    ["SENSITIVITY_INTERNAL", everything],
    ["SENSITIVITY_CONFIDENTIAL", own],
    ["SENSITIVITY_RESTRICTED", nothing],
    ["UNRECOGNIZED", nothing],
  ])("with %s is %o", (sensitivity, admission) => {
    expect(admit({ ...request, sensitivity }, rules)).toEqual(admission);
  });

  it("with something confidential of nobody is to keep the promise of its key, and no more", () => {
    expect(admit({ ...request, user: "", sensitivity: "SENSITIVITY_CONFIDENTIAL" }, rules)).toEqual(replayOnly);
  });

  it.each([
    [{ n: 1, temperature: 1 }, everything],
    [{ temperature: 0 }, everything],
    [{ n: 2 }, replayOnly],
    [{ temperature: 1.01 }, replayOnly],
    [{ temperature: Number.NaN }, replayOnly],
  ])("with the sampling %o is %o", (sampling, admission) => {
    expect(admit({ ...request, chat: chatRequest(sampling) }, rules)).toEqual(admission);
  });

  it("never goes beyond nothing, whatever the policy asks of a restricted prompt", () => {
    const restricted = { ...request, sensitivity: "SENSITIVITY_RESTRICTED", policy: "CACHE_POLICY_REFRESH" } as const;
    expect(admit(restricted, { ...rules, maxTemperature: 2 })).toEqual(nothing);
  });

  it.each([
    "My mail is ann@example.com, where is my parcel?",
    "Call me at +49 151 23456789",
    "Why was 4111 1111 1111 1111 declined?",
    "Is GB82 WEST 1234 5698 7654 32 a good account?",
    "What is wrong with sk-live-abcdefghijklmnop?",
    "My name is Ann Miller. Where is my parcel?",
    `${"x ".repeat(20_000)} ann@example.com`,
  ])("with personal data stays with its user, or nowhere (%#)", (text) => {
    expect(admit(asking(text), rules)).toEqual(own);
    expect(admit({ ...asking(text), user: "" }, rules)).toEqual(replayOnly);
    expect(admit(asking(text), { ...rules, personalData: "none" })).toEqual(nothing);
  });

  it("is told by the turns of a conversation, not by the operator's, which all who share an answer have alike", () => {
    const mail = { content: [textPart("Write to help@example.com.")] };
    const question = chatRequest().messages[0] as Message;
    const said = (role: "ROLE_SYSTEM" | "ROLE_ASSISTANT" | "ROLE_TOOL") =>
      admit({ ...request, chat: chatRequest({ messages: [{ ...mail, role }, question] }) }, rules);
    expect(said("ROLE_SYSTEM")).toEqual(everything);
    expect(said("ROLE_ASSISTANT")).toEqual(own);
    expect(said("ROLE_TOOL")).toEqual(own);
  });

  it.each([
    "What is the weather in Paris?",
    "Who won the game yesterday?",
    "What's the latest version of Node?",
    "What is the current price of gold?",
    "Give me this week's headlines",
    "Was ist heute in Berlin los?",
    "Quelle est la météo demain ?",
    "¿Qué hora es ahora?",
    "今天天气怎么样",
  ])("about the moment is to keep its answer for a short time, or not at all: %s", (text) => {
    expect(admit(asking(text), rules)).toEqual({ ...everything, ttlSeconds: 60 });
    expect(admit(asking(text), { ...rules, timeSensitiveTtlSeconds: 0 })).toEqual(replayOnly);
  });

  it.each(["How do I know a good melon?", "What is electric current?", "Wo ist hier der Fehler?", "Write a haiku"])(
    "about no moment is to keep its answer as long as any: %s",
    (text) => {
      expect(admit(asking(text), rules)).toEqual(everything);
    },
  );
});
