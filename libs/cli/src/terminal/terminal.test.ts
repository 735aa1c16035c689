import { describe, expect, it } from "vitest";
import { columns } from "./columns.ts";
import { count, percent, percentDown, tokens, usd } from "./format.ts";
import { createProgress } from "./progress.ts";
import { wrap } from "./wrap.ts";

describe("figures", () => {
  it("shows dollars with the digits that their size needs", () => {
    expect([245e9, 30.46e9, 1_981_170e9, 0.0847e9, 0, 1, -2e9].map(usd)).toEqual([
      "$245.00",
      "$30.46",
      "$1,981,170.00",
      "$0.0847",
      "$0.00",
      "<$0.0001",
      "-$2.00",
    ]);
  });

  it("never tells a saving larger than it is", () => {
    expect([1 - 30.46 / 245, 0.5, 0.99999, 1, -0.0001].map(percentDown)).toEqual([
      "87.5%",
      "50.0%",
      "99.9%",
      "100.0%",
      "-0.1%",
    ]);
    expect(percent(0.8757)).toBe("87.6%");
  });

  it("shortens token counts", () => {
    expect([0, 9_999, 12_345, 18e6, 2.5e9].map(tokens)).toEqual(["0", "9999", "12.3k", "18.0M", "2.5G"]);
    expect(count(1_234_567)).toBe("1,234,567");
  });
});

describe("columns", () => {
  it("align words to the left and figures to the right", () => {
    const rows = [
      ["task", "cost", "goes to"],
      ["chat", "$1.00", "a"],
      ["code", "$10.00", "bb"],
    ];
    expect(columns(rows, { leftColumns: 1, leftFrom: 2 })).toEqual([
      "task    cost  goes to",
      "chat   $1.00  a",
      "code  $10.00  bb",
    ]);
  });
});

describe("wrapped text", () => {
  it("breaks between words, indents what follows and loses nothing", () => {
    const text = `  ${"word ".repeat(60)}`;
    const lines = wrap(text, "    ");
    expect(lines.length).toBe(3);
    expect(lines.every((line) => line.length <= 120)).toBe(true);
    expect(lines.slice(1).every((line) => line.startsWith("    word"))).toBe(true);
    expect(lines.join(" ").split("word")).toHaveLength(61);
    expect(wrap("  short", "")).toEqual(["  short"]);
  });
});

describe("the progress bar", () => {
  const terminal = (isTTY: boolean) => {
    const written: string[] = [];
    return {
      written,
      stream: { isTTY, write: (text: string) => written.push(text) > 0 } as unknown as NodeJS.WriteStream,
    };
  };

  it("is drawn on a terminal, not more often than it can be seen, and taken away", () => {
    const { written, stream } = terminal(true);
    let now = 0;
    const progress = createProgress("reading", 200, stream, () => now);
    progress.show(50, () => "7 requests");
    progress.show(60, () => "8 requests");
    now = 150;
    progress.show(100, () => "9 requests");
    progress.finish();
    expect(written).toEqual([
      `\r\x1b[Kreading [${"#".repeat(8)}${".".repeat(22)}] 25% 7 requests`,
      `\r\x1b[Kreading [${"#".repeat(15)}${".".repeat(15)}] 50% 9 requests`,
      "\r\x1b[K",
    ]);
  });

  it("shows how much was done where the whole is not known", () => {
    const { written, stream } = terminal(true);
    createProgress("reading", undefined, stream, () => 0).show(5, () => "9 requests");
    expect(written).toEqual(["\r\x1b[Kreading 9 requests"]);
  });

  it("is silent where there is no terminal", () => {
    const { written, stream } = terminal(false);
    const progress = createProgress("reading", 10, stream, () => 0);
    progress.show(5, () => "");
    progress.finish();
    expect(written).toEqual([]);
  });
});
