import type { CachePolicy, Sensitivity } from "@switchyard/contracts/vocabulary/routing";
import { describe, expect, it } from "vitest";
import { chatRequest } from "../testing.ts";
import { admit } from "./admission.ts";

const request = {
  chat: chatRequest(),
  user: "ann",
  policy: "CACHE_POLICY_READ_WRITE",
  sensitivity: "SENSITIVITY_PUBLIC",
} as const;
const replayOnly = { read: false, write: false, replay: true };
const nothing = { read: false, write: false, replay: false };
const everything = { read: true, write: true, replay: true };

describe("what the cache may do", () => {
  it.each<[CachePolicy, object]>([
    ["CACHE_POLICY_UNSPECIFIED", everything],
    ["CACHE_POLICY_READ_WRITE", everything],
    ["CACHE_POLICY_REFRESH", { read: false, write: true, replay: true }],
    ["CACHE_POLICY_NO_STORE", replayOnly],
    ["UNRECOGNIZED", replayOnly],
  ])("under the policy %s is %o", (policy, admission) => {
    expect(admit({ ...request, policy }, 1)).toEqual(admission);
  });

  it.each<[Sensitivity, object]>([
    ["SENSITIVITY_UNSPECIFIED", everything],
    ["SENSITIVITY_PUBLIC", everything],
    ["SENSITIVITY_INTERNAL", everything],
    ["SENSITIVITY_CONFIDENTIAL", everything],
    ["SENSITIVITY_RESTRICTED", nothing],
    ["UNRECOGNIZED", nothing],
  ])("with %s is %o", (sensitivity, admission) => {
    expect(admit({ ...request, sensitivity }, 1)).toEqual(admission);
  });

  it("with something confidential of nobody is to keep the promise of its key, and no more", () => {
    expect(admit({ ...request, user: "", sensitivity: "SENSITIVITY_CONFIDENTIAL" }, 1)).toEqual(replayOnly);
  });

  it.each([
    [{ n: 1, temperature: 1 }, everything],
    [{ temperature: 0 }, everything],
    [{ n: 2 }, replayOnly],
    [{ temperature: 1.01 }, replayOnly],
    [{ temperature: Number.NaN }, replayOnly],
  ])("with the sampling %o is %o", (sampling, admission) => {
    expect(admit({ ...request, chat: chatRequest(sampling) }, 1)).toEqual(admission);
  });

  it("never goes beyond nothing, whatever the policy asks of a restricted prompt", () => {
    const restricted = { ...request, sensitivity: "SENSITIVITY_RESTRICTED", policy: "CACHE_POLICY_REFRESH" } as const;
    expect(admit(restricted, 2)).toEqual(nothing);
  });
});
