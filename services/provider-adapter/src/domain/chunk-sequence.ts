import type { ChatChunk, ChunkChoice, ToolCallDelta } from "@switchyard/contracts/vocabulary/chat";

/**
 * Brings the chunks of one answer into the form that the contract promises, whatever the provider makes of it: the role in
 * the first chunk of a choice only, id and name in the first piece of a tool call only, usage in the last chunk only.
 */
export interface ChunkSequence {
  /** The chunk to hand on; undefined if it only carries usage, which is kept. Takes the chunk over. */
  accept(chunk: ChatChunk): ChatChunk | undefined;
  /** Choices that came, if at least one did and every one of them has ended; otherwise 0. */
  completeChoiceCount(): number;
  /** The last chunk, with the usage that came last; undefined if none came. */
  usageChunk(): ChatChunk | undefined;
}

interface ChoiceState {
  hasEnded: boolean;
  /** The tool calls begun, by index. */
  readonly toolCalls: Map<number, { readonly id: string; readonly name: string }>;
}

/** Whether a chunk carries something that a reader waits for: text, a refusal, a tool call, reasoning. */
export function hasContent(chunk: ChatChunk): boolean {
  return chunk.choices.some(({ delta, finishReason }) => {
    if (finishReason !== "") return true;
    if (delta === undefined) return false;
    if (delta.content || delta.refusal || delta.toolCalls.length > 0) return true;
    // Further fields of a delta are reasoning under one of its many names; the first chunk often has it empty.
    return delta.extraJson !== "" && Object.values(JSON.parse(delta.extraJson) as object).some(isFilled);
  });
}

function isFilled(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).some(isFilled);
  return value !== null && value !== "";
}

export function createChunkSequence(): ChunkSequence {
  const choices = new Map<number, ChoiceState>();
  let last: ChatChunk | undefined;
  return {
    accept(chunk) {
      for (const choice of chunk.choices) acceptChoice(choices, choice);
      if (chunk.usage === undefined) return chunk;
      last = { ...chunk, choices: [], extraJson: chunk.choices.length === 0 ? chunk.extraJson : "" };
      if (chunk.choices.length === 0) return undefined;
      chunk.usage = undefined;
      return chunk;
    },
    completeChoiceCount: () => (choices.values().every(({ hasEnded }) => hasEnded) ? choices.size : 0),
    usageChunk: () => last,
  };
}

function acceptChoice(choices: Map<number, ChoiceState>, choice: ChunkChoice): void {
  const known = choices.get(choice.index);
  const state = known ?? { hasEnded: false, toolCalls: new Map() };
  if (known === undefined) choices.set(choice.index, state);
  else if (choice.delta !== undefined) choice.delta.role = "ROLE_UNSPECIFIED";
  if (choice.finishReason !== "") state.hasEnded = true;
  for (const call of choice.delta?.toolCalls ?? []) acceptToolCall(state, call);
}

function acceptToolCall({ toolCalls }: ChoiceState, call: ToolCallDelta): void {
  if (call.index === missingIndex) call.index = indexOf(toolCalls, call.id);
  const begun = toolCalls.get(call.index);
  if (begun === undefined) {
    toolCalls.set(call.index, { id: call.id, name: call.name });
    return;
  }
  // Clients append the pieces of a name; a provider that repeats it would have them call `searchsearch`.
  if (call.id === begun.id) call.id = "";
  if (call.name === begun.name) call.name = "";
}

/** Stands for the index of a tool call that the provider left out. */
export const missingIndex = -1;

/** Which call a piece without an index belongs to: the one with its id, a new one for a new id, the latest for none. */
function indexOf(toolCalls: ChoiceState["toolCalls"], id: string): number {
  if (id === "") return Math.max(0, toolCalls.size - 1);
  for (const [index, begun] of toolCalls) if (begun.id === id) return index;
  return toolCalls.size;
}
