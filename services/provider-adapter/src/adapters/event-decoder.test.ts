import { describe, expect, it } from "vitest";
import { createEventDecoder } from "./event-decoder.ts";

function decode(...pieces: string[]) {
  const decoder = createEventDecoder();
  return [...pieces.flatMap((piece) => decoder.push(piece)), ...decoder.end()];
}
const ofData = (...data: string[]) => data.map((one) => ({ type: "", data: one }));

describe("the decoder of server-sent events", () => {
  it.each(["\n", "\r\n", "\r"])("takes lines that end with %j", (end) => {
    const text = ["data: one", "", "event: error", "data:two", "", ""].join(end);
    expect(decode(text)).toEqual([
      { type: "", data: "one" },
      { type: "error", data: "two" },
    ]);
  });

  it.each(["\n", "\r\n", "\r"])("does not care where a stream is cut, with lines that end with %j", (end) => {
    const text = ["\ufeffdata: one", "data: more", "", ": a remark", "id: 7", "data: two", "", ""].join(end);
    expect(decode(...text)).toEqual(ofData("one\nmore", "two"));
  });

  it("gives an event as soon as its empty line is there", () => {
    const decoder = createEventDecoder();
    expect(decoder.push("data: one\n")).toEqual([]);
    expect(decoder.push("\ndata: two")).toEqual(ofData("one"));
    expect(decoder.end()).toEqual(ofData("two"));
  });

  it("gives nothing for remarks, empty lines and events without data", () => {
    expect(decode(": keep-alive\n\n\n\nevent: ping\n\nretry: 5\n\n")).toEqual([]);
  });

  it("keeps the type of one event from the next", () => {
    expect(decode("event: a\n\ndata: 1\n\n")).toEqual(ofData("1"));
  });

  it("takes a field without a colon for an empty one, and drops one space before a value", () => {
    expect(decode("data\n\ndata:  x\n\n")).toEqual(ofData("", " x"));
  });
});
