import { describe, expect, it } from "vitest";
import { estimateTokens } from "./estimate-tokens.ts";

// The counts are those of o200k_base.
const counted: [name: string, tokens: number, text: string][] = [
  [
    "English",
    48,
    "Could you help me plan a three-day trip to the coast? We are two adults and a child of six, we like walking and good bread, and we would rather take the train than drive. Please keep it under 400 euros.",
  ],
  [
    "TypeScript",
    69,
    'export async function loadUsers(ids: readonly string[]): Promise<User[]> {\n  const rows = await database.query("select * from users where id = any($1)", [ids]);\n  return rows.map((row) => ({ id: row.id, name: row.name ?? "unknown", createdAt: new Date(row.created_at) }));\n}\n',
  ],
  [
    "JSON",
    58,
    '{"order":{"id":48213,"customer":"Ada Byron","items":[{"sku":"BK-1044","count":2,"price":17.95},{"sku":"PN-20","count":10,"price":0.8}],"paid":true,"note":null}}',
  ],
  [
    "German",
    50,
    "Könnten Sie mir bitte erklären, warum die Überweisung vom letzten Dienstag noch nicht auf meinem Girokonto eingegangen ist? Die Kundennummer steht im Anhang, und die Bestätigung der Sparkasse habe ich ebenfalls beigefügt.",
  ],
  [
    "Chinese",
    51,
    "请帮我写一封给客户的道歉信，说明由于暴雨导致物流延误，订单将推迟三天送达，并提供一张优惠券作为补偿。语气要诚恳，不要太长。",
  ],
  ["numbers", 48, "Sales by quarter: 1204, 998, 17733, 204981. Totals 2019: 3.75, 2020: 4.125, 2021: 18.5."],
];

describe("the token estimate", () => {
  it.each(counted)("is within 20%% of the true count for %s, and hardly ever below it", (_name, tokens, text) => {
    expect(estimateTokens(text)).toBeGreaterThanOrEqual(tokens * 0.95);
    expect(estimateTokens(text)).toBeLessThanOrEqual(tokens * 1.2);
  });

  it("is zero for nothing and at least one for anything seen", () => {
    expect(estimateTokens("")).toBe(0);
    for (const text of ["a", "A", "7", "\n", "!", "字", "ж", "🙂", "한", "か"]) {
      expect(estimateTokens(text), text).toBeGreaterThanOrEqual(1);
    }
  });

  it("grows with the text, but for a token of slack", () => {
    const text = counted.map(([, , sample]) => sample).join("\n");
    let before = 0;
    for (let length = 0; length <= text.length; length += 7) {
      const estimate = estimateTokens(text.slice(0, length));
      expect(estimate).toBeGreaterThanOrEqual(before - 1);
      before = estimate;
    }
  });

  it("counts each piece of a camelCase name", () => {
    expect(estimateTokens("getUserName ".repeat(100))).toBeGreaterThan(2.5 * estimateTokens("get ".repeat(100)));
  });

  it("takes lone halves of surrogate pairs", () => {
    expect(estimateTokens("\ud83d \ude42")).toBeGreaterThan(0);
  });

  it("takes a megabyte without a space", () => {
    expect(estimateTokens("x".repeat(1_000_000))).toBeGreaterThan(50_000);
    expect(estimateTokens("🙂".repeat(100_000))).toBeGreaterThanOrEqual(100_000);
  });
});
