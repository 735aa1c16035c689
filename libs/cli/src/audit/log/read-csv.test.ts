import { describe, expect, it } from "vitest";
import { createCsvReader } from "./read-csv.ts";

function read(lines: readonly string[]) {
  const csv = createCsvReader(200);
  return { read: lines.flatMap((line) => csv.read(line) ?? []), isOpen: csv.isOpen() };
}

describe("reading CSV", () => {
  it("takes the columns in any order and under OpenAI's names", () => {
    const lines = [
      "Feature,Completion Tokens,prompt_tokens,MODEL,cached_tokens,stakes,task",
      "a,3,100,gpt-4o,40,High,Code",
    ];
    expect(read(lines).read).toEqual([
      {
        modelNames: ["gpt-4o"],
        tokens: { fresh: 60, cached: 40, output: 3 },
        isEstimated: false,
        feature: "a",
        task: "TASK_CODE",
        stakes: "high",
        prompt: undefined,
      },
    ]);
  });

  it("takes semicolons and tabs", () => {
    for (const delimiter of [";", "\t"]) {
      const lines = [
        ["model", "input_tokens", "output_tokens"],
        ["gpt-4o", "1", "2"],
      ].map((row) => row.join(delimiter));
      expect(read(lines).read).toMatchObject([{ tokens: { fresh: 1, cached: 0, output: 2 } }]);
    }
  });

  it("takes quoted fields with delimiters, quotes and line breaks in them", () => {
    const lines = ["model,input_tokens,output_tokens,prompt", 'gpt-4o,1,2,"Say ""no, thanks""', 'and leave."'];
    expect(read(lines).read).toMatchObject([{ prompt: { query: 'Say "no, thanks"\nand leave.', system: "" } }]);
  });

  it("counts a word that is no task or no stakes as none", () => {
    const [request] = read(["model,input_tokens,output_tokens,task,stakes", "gpt-4o,1,2,cooking,huge"]).read;
    expect(request).toMatchObject({ task: undefined, stakes: undefined });
  });

  it.each([
    ["gpt-4o,,2,0", 'input_tokens must be a whole number of at least 0, not ""'],
    ["gpt-4o,1,-2,0", 'output_tokens must be a whole number of at least 0, not "-2"'],
    ["gpt-4o,1,2,1.5", 'cached_input_tokens must be a whole number of at least 0, not "1.5"'],
    [",1,2,0", "model is empty"],
    ["gpt-4o", 'input_tokens must be a whole number of at least 0, not ""'],
  ])("says what is wrong with %j", (line, unusable) => {
    expect(read(["model,input_tokens,output_tokens,cached_tokens", line]).read).toEqual([{ unusable }]);
  });

  it("gives up on a quoted field that does not end", () => {
    const header = "model,input_tokens,output_tokens";
    expect(read([header, 'gpt-4o,1,"2', "x".repeat(300), "gpt-4o,1,2"]).read).toMatchObject([
      { unusable: "a quoted field does not end" },
      { tokens: { output: 2 } },
    ]);
    expect(read([header, 'gpt-4o,1,"2']).isOpen).toBe(true);
  });
});
