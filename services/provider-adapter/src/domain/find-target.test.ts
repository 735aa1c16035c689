import { describe, expect, it } from "vitest";
import type { Target, Targets } from "../ports.ts";
import { findTarget } from "./find-target.ts";

const targetAt = (provider: string): Target => ({
  model: "small",
  upstreamModel: "small",
  provider,
  providerName: provider,
  canPrefill: false,
  takesPromptCacheKey: false,
  timeouts: { connectMs: 1, firstTokenMs: 1, stallMs: 1, totalMs: 1 },
  serverAddress: "127.0.0.1",
  serverPort: 1,
});

const targets: Targets = new Map([["small", [targetAt("first"), targetAt("second")]]]);

describe("findTarget", () => {
  it("gives the model at the provider that is named", () => {
    expect(findTarget(targets, "small", "second").provider).toBe("second");
  });

  it("gives the preferred provider where none is named", () => {
    expect(findTarget(targets, "small", "").provider).toBe("first");
  });

  it("knows no provider that does not serve the model, and says which field named it", () => {
    expect(() => findTarget(targets, "small", "third")).toThrow(
      expect.objectContaining({
        code: 5,
        reason: "UNKNOWN_MODEL",
        message: expect.stringMatching(/^provider: "third" does not serve a model "small"/),
        metadata: { model: "small", provider: "third" },
      }),
    );
  });

  it("knows no model that is not in the catalogue, whoever is to serve it", () => {
    expect(() => findTarget(targets, "large", "first")).toThrow(
      expect.objectContaining({ code: 5, reason: "UNKNOWN_MODEL", metadata: { model: "large" } }),
    );
  });
});
