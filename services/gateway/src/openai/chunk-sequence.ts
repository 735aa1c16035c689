import type { ChatChunk, Usage } from "@switchyard/contracts/vocabulary/chat";
import { type ChunkJson, chunkJson } from "./chunk.ts";
import { addExtra } from "./json.ts";
import { usageJson } from "./usage.ts";

/** Which chunks of a stream go out, and when. */
export interface ChunkSequence {
  /** Takes the next chunk of the router and gives what may go out now, in order. */
  push(chunk: ChatChunk): readonly ChunkJson[];
  /** Gives what stands between two chunks of the answer: news of it, without choices. Nothing before the first chunk. */
  news(switchyard: object): readonly ChunkJson[];
  /**
   * Gives the rest when the answer is complete; the report stands on the last chunk. `counted` is the usage to tell where
   * the provider told none.
   */
  finish(switchyard: object | undefined, counted: Usage | undefined): readonly ChunkJson[];
}

/**
 * The order of OpenAI's API: with `includesUsage` every chunk says `usage: null` and one without choices tells it at the
 * end; otherwise no chunk speaks of usage. The report is only known at the end, so the chunk that ends a choice waits for
 * the chunk after it.
 */
export function chunkSequence(includesUsage: boolean): ChunkSequence {
  const noUsage = includesUsage ? null : undefined;
  let head: ChatChunk | undefined;
  let held: ChunkJson | undefined;
  let usage: Usage | undefined;
  let tailExtraJson = "";

  const withHeld = (...later: ChunkJson[]): ChunkJson[] => {
    const out = held === undefined ? later : [held, ...later];
    held = undefined;
    return out;
  };

  return {
    push(chunk) {
      head ??= chunk;
      usage = chunk.usage ?? usage;
      if (chunk.choices.length === 0) {
        const isTail = held !== undefined || chunk.usage !== undefined;
        if (isTail) tailExtraJson = chunk.extraJson || tailExtraJson;
        return isTail || chunk.extraJson === "" ? [] : [chunkJson(chunk, noUsage)];
      }
      const json = chunkJson(chunk, noUsage);
      if (!chunk.choices.some(({ finishReason }) => finishReason !== "")) return withHeld(json);
      const out = withHeld();
      held = json;
      return out;
    },

    news(switchyard) {
      if (head === undefined) return [];
      const news = chunkJson({ ...head, choices: [], usage: undefined, extraJson: "" }, noUsage);
      news.switchyard = switchyard;
      return [news];
    },

    finish(switchyard, counted) {
      if (head === undefined) return [];
      if (!includesUsage && held !== undefined) {
        held.switchyard = switchyard;
        addExtra(held, tailExtraJson);
        return withHeld();
      }
      const known = usage ?? counted;
      const told = includesUsage ? (known === undefined ? null : usageJson(known)) : undefined;
      const last = chunkJson({ ...head, choices: [], usage: undefined, extraJson: tailExtraJson }, told);
      last.switchyard = switchyard;
      return withHeld(last);
    },
  };
}
