import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CommandError, UsageError } from "../command.ts";
import { train } from "./train.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "switchyard-cli-train-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(parameters: readonly string[]): Promise<string> {
  const output = new PassThrough();
  const written = text(output);
  await train.run(parameters, {
    environment: {},
    folder,
    output,
    remarks: { isTTY: false, write: () => true } as unknown as NodeJS.WriteStream,
    input: new PassThrough(),
    signal: new AbortController().signal,
  });
  output.end();
  return written;
}

function outcomes(count: number): void {
  const lines = Array.from({ length: count }, (_, index) => {
    const good = index % 3 > 0;
    return JSON.stringify({ prompt: `${good ? "Greet" : "Prove"} number ${index}`, model: "qwen3-8b", good });
  });
  writeFileSync(join(folder, "log.jsonl"), lines.join("\n"));
}

describe("the train command", () => {
  it("writes weights and a card, the same each time, with the tiers of the configuration", async () => {
    outcomes(240);
    const card = await run(["--outcomes", "log.jsonl", "--out", "one"]);
    expect(card).toContain("| own qwen3-8b | 240 | 0.667 |");
    expect(card).toContain("| tier economy | 240 |");
    await run(["--outcomes", "log.jsonl", "--out", "two"]);
    const [one, two] = ["one", "two"].map((name) => readFileSync(join(folder, name, "odds.bin")));
    expect(one?.equals(two as Buffer)).toBe(true);
  }, 60_000);

  it("says what is wrong with the outcomes or with how it was called", async () => {
    outcomes(10);
    await expect(run(["--outcomes", "log.jsonl", "--out", "one"])).rejects.toThrow("10 prompts teach too little");
    await expect(run(["--outcomes", "nowhere.jsonl", "--out", "one"])).rejects.toThrow(CommandError);
    for (const wrong of [[], ["--out", "x"], ["--outcomes", "x"], ["x"]])
      await expect(run(wrong)).rejects.toThrow(UsageError);
  }, 60_000);
});
