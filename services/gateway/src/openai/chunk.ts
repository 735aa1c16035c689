import type { ChatChunk, ChunkChoice, Delta, ToolCallDelta } from "@switchyard/contracts/vocabulary/chat";
import { addExtra } from "./json.ts";
import { logprobsJson } from "./logprobs.ts";
import { roleName } from "./response.ts";

/** A chunk on its way out. Usage and report are added where they belong. */
export interface ChunkJson {
  readonly id: string;
  readonly object: "chat.completion.chunk";
  readonly created: number;
  readonly model: string;
  readonly choices: readonly object[];
  usage?: object | null | undefined;
  readonly system_fingerprint: string | undefined;
  switchyard?: object | undefined;
}

/** A piece of a streamed answer as OpenAI's API says it. `usage` is what the chunk says of it; undefined: nothing. */
export function chunkJson(chunk: ChatChunk, usage: object | null | undefined): ChunkJson {
  return addExtra<ChunkJson>(
    {
      id: chunk.id,
      object: "chat.completion.chunk",
      created: Number(chunk.created),
      model: chunk.model,
      choices: chunk.choices.map(choiceJson),
      usage,
      system_fingerprint: chunk.systemFingerprint || undefined,
    },
    chunk.extraJson,
  );
}

function choiceJson(choice: ChunkChoice): object {
  return addExtra(
    {
      index: choice.index,
      delta: choice.delta === undefined ? {} : deltaJson(choice.delta),
      logprobs: logprobsJson(choice.logprobs),
      finish_reason: choice.finishReason || null,
    },
    choice.extraJson,
  );
}

function deltaJson(delta: Delta): object {
  return addExtra(
    {
      role: roleName(delta.role),
      content: delta.content,
      refusal: delta.refusal,
      tool_calls: delta.toolCalls.length === 0 ? undefined : delta.toolCalls.map(toolCallJson),
    },
    delta.extraJson,
  );
}

/**
 * Id, type and name stand in the first piece of a call only, as OpenAI sends them. A piece of a call that is not of a
 * function stands in its further fields whole.
 */
function toolCallJson(piece: ToolCallDelta): object {
  const { index, name, extraJson } = piece;
  const id = piece.id || undefined;
  if (name === "" && piece.arguments === "" && extraJson !== "") return addExtra({ index, id }, extraJson);
  return addExtra(
    {
      index,
      id,
      type: id === undefined ? undefined : "function",
      function: { name: name || undefined, arguments: piece.arguments },
    },
    extraJson,
  );
}
