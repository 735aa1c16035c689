import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ConfigError, loadConfig } from "@switchyard/config";
import { type Command, CommandError, UsageError } from "../command.ts";

const usage = `Learns from your own outcomes how likely each model is good enough for a prompt, and writes the weights with a card. Nothing
leaves this machine, and the same file gives the same weights.

  npx switchyard train --outcomes FILE --out FOLDER [--unlike FILE]

  --outcomes FILE        JSON Lines, one outcome a line, may end in .gz:
                         {"prompt": "...", "model": "small", "good": true, "task": "chat"} or "score" from 0 to 1; task may be
                         missing. 200 prompts at the least; some thousand are good. Several models for a prompt are best
  --out FOLDER           gets odds.bin and odds.md
  --unlike FILE          JSON Lines with "text": prompts like none of yours, so that such are recognised and left to the table

The tiers of the models are those of the configuration (SWITCHYARD_CONFIG). To use what was learned:
  router: { policy: { odds: learned, oddsFile: FOLDER/odds.bin } }
`;

const script = fileURLToPath(new URL("../../../../services/router/training/train-outcomes.ts", import.meta.url));

/** `switchyard train`: odds from the operator's own outcomes. */
export const train: Command = {
  name: "train",
  summary: "learn from your own outcomes which model is good enough for what",
  usage,
  async run(parameters, context) {
    const { outcomes, out, unlike } = readOptions(parameters);
    const at = (path: string) => resolve(context.folder, path);
    const folder = await mkdtemp(join(tmpdir(), "switchyard-train-"));
    try {
      const tiers = join(folder, "tiers.json");
      await writeFile(tiers, JSON.stringify(tiersOf(context.environment)));
      const files = ["--outcomes", at(outcomes), "--out", at(out), "--tiers", tiers];
      context.output.write(
        await runScript([...files, ...(unlike === undefined ? [] : ["--unlike", at(unlike)])], context.signal),
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

function tiersOf(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  try {
    const { models } = loadConfig(environment as NodeJS.ProcessEnv);
    return Object.fromEntries(models.map(({ id, tier }) => [id, tier]));
  } catch (error) {
    throw error instanceof ConfigError ? new CommandError(error.message) : error;
  }
}

/** The training is the router's; it runs as a process of its own, whose output is the card. */
function runScript(parameters: readonly string[], signal: AbortSignal): Promise<string> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [script, ...parameters], { stdio: ["ignore", "pipe", "pipe"], signal });
    let output = "";
    let complaint = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint += text;
    });
    child.once("error", (error) => reject(new CommandError(`the training cannot run: ${error.message}`)));
    child.once("close", (code) => {
      if (code === 0) return done(output);
      const [, said = complaint.trim().split("\n")[0]] = /TypeError: (.*)/.exec(complaint) ?? [];
      return reject(new CommandError(said ?? "the training failed"));
    });
  });
}

function readOptions(parameters: readonly string[]) {
  const { outcomes, out, unlike } = parse(parameters);
  if (outcomes === undefined) throw new UsageError("which outcomes? --outcomes FILE");
  if (out === undefined) throw new UsageError("where do the weights go? --out FOLDER");
  return { outcomes, out, unlike };
}

function parse(parameters: readonly string[]) {
  try {
    const options = { outcomes: { type: "string" }, out: { type: "string" }, unlike: { type: "string" } } as const;
    return parseArgs({ args: [...parameters], options }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
