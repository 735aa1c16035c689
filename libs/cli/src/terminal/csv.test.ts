import { describe, expect, it } from "vitest";
import { csvLine, exactUsd } from "./csv.ts";

describe("a line of CSV", () => {
  it("quotes what would end a cell or a line", () => {
    expect(csvLine(["plain", 'say "hi", now', "two\nlines", 3, 4n, true])).toBe(
      'plain,"say ""hi"", now","two\nlines",3,4,true\n',
    );
  });

  it.each(["=cmd()", "+1", "-1", "@sum", "\tx"])("lets no spreadsheet take the name %j for a formula", (name) => {
    expect(csvLine([name])).toBe(`'${name}\n`);
  });

  it("writes money in dollars to the last nano, without an apostrophe", () => {
    expect(csvLine([{ usdNanos: -1_250_000n }])).toBe("-0.001250000\n");
    expect(exactUsd(0n)).toBe("0.000000000");
    expect(exactUsd(9_007_199_254_740_993n)).toBe("9007199.254740993");
  });
});
