import { ChatRequest } from "@switchyard/contracts/type/v1/chat";
import { describe, expect, it } from "vitest";
import type { Target } from "../ports.ts";
import { withPromptCacheKey } from "./check-request.ts";

const at = (takesPromptCacheKey: boolean) => ({ takesPromptCacheKey }) as Target;
const extraOf = (extraJson: string, target: Target, key = "k") =>
  withPromptCacheKey(ChatRequest.create({ extraJson }), target, key).extraJson;

describe("the key to a provider's prefix cache", () => {
  it("is sent beside what the caller sends", () => {
    expect(JSON.parse(extraOf('{"store":true}', at(true)))).toEqual({ store: true, prompt_cache_key: "k" });
    expect(JSON.parse(extraOf("", at(true)))).toEqual({ prompt_cache_key: "k" });
  });

  it("is not sent to a provider that does not take it, nor where there is none", () => {
    expect(extraOf("", at(false))).toBe("");
    expect(extraOf("", at(true), "")).toBe("");
  });

  it("stays the caller's own", () => {
    const own = '{"prompt_cache_key":"mine"}';
    expect(extraOf(own, at(true))).toBe(own);
  });
});
