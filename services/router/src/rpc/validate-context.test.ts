import { describe, expect, it } from "vitest";
import { noHints } from "../domain/shape.ts";
import { violationsOfHints, violationsOfTags } from "./validate-context.ts";

describe("marks of stored answers", () => {
  it.each([
    ["nothing", []],
    ["as many as there may be", Array(16).fill("a".repeat(128))],
  ])("may be %s", (_name, tags) => {
    expect(violationsOfTags("tags", tags)).toEqual([]);
  });

  it.each([
    ["too many", Array(17).fill("a"), "tags"],
    ["too long", ["a".repeat(129)], "tags[0]"],
    ["empty", ["a", ""], "tags[1]"],
    ["no text", ["\ud800"], "tags[0]"],
  ])("may not be %s", (_name, tags, field) => {
    expect(violationsOfTags("tags", tags)).toEqual([expect.objectContaining({ field })]);
  });

  it("are named as a hint where they are one", () => {
    expect(violationsOfHints({ ...noHints, cacheTags: [""] })).toMatchObject([{ field: "hints.cache_tags[0]" }]);
  });
});
