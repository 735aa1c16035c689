import type {
  ChatChunk,
  ChatResponse,
  ChunkChoice,
  Delta,
  Logprobs,
  Message,
  ToolCall,
} from "@switchyard/contracts/vocabulary/chat";

/** Builds the whole answer from its chunks. */
export interface Assembly {
  add(chunk: ChatChunk): void;
  /** The answer so far. */
  response(): ChatResponse;
  /** As last reported; undefined while it was not. */
  usage(): ChatResponse["usage"];
  /** All text written so far, tool calls included, for counting. */
  text(): string;
  /** Whether there is anything but text: a tool call, a refusal, a second choice. */
  hasMoreThanText(): boolean;
  /** Whether every choice seen has ended, and there are so many (1 unless said otherwise). */
  isComplete(choiceCount?: number): boolean;
}

interface ChoiceState {
  content: string;
  hasContent: boolean;
  refusal: string | undefined;
  readonly toolCalls: Map<number, ToolCall>;
  readonly logprobs: Logprobs;
  finishReason: string;
  messageExtra: Record<string, unknown>;
  extraJson: string;
}

/** Starts an empty answer. */
export function assembly(): Assembly {
  const choices = new Map<number, ChoiceState>();
  let head: ChatChunk | undefined;
  let usage: ChatResponse["usage"];
  let extraJson = "";
  return {
    add(chunk) {
      head ??= chunk;
      usage = chunk.usage ?? usage;
      extraJson = chunk.extraJson || extraJson;
      for (const choice of chunk.choices) addChoice(stateOf(choices, choice.index), choice);
    },
    response: () => ({
      id: head?.id ?? "",
      created: head?.created ?? 0n,
      model: head?.model ?? "",
      choices: [...choices]
        .sort(([a], [b]) => a - b)
        .map(([index, state]) => ({
          index,
          message: messageOf(state),
          finishReason: state.finishReason,
          logprobs: state.logprobs.content.length + state.logprobs.refusal.length > 0 ? state.logprobs : undefined,
          extraJson: state.extraJson,
        })),
      usage,
      systemFingerprint: head?.systemFingerprint ?? "",
      extraJson,
    }),
    usage: () => usage,
    text: () =>
      [...choices.values()]
        .map(({ content, refusal, toolCalls }) =>
          [content, refusal ?? "", ...toolCalls.values().map((call) => call.name + call.arguments)].join(""),
        )
        .join(""),
    hasMoreThanText: () =>
      choices.size > 1 ||
      [...choices.values()].some(({ toolCalls, refusal }) => toolCalls.size > 0 || refusal !== undefined),
    isComplete: (choiceCount = 1) =>
      choices.size >= choiceCount && [...choices.values()].every(({ finishReason }) => finishReason !== ""),
  };
}

function stateOf(choices: Map<number, ChoiceState>, index: number): ChoiceState {
  let state = choices.get(index);
  if (!state) {
    state = {
      content: "",
      hasContent: false,
      refusal: undefined,
      toolCalls: new Map(),
      logprobs: { content: [], refusal: [] },
      finishReason: "",
      messageExtra: {},
      extraJson: "",
    };
    choices.set(index, state);
  }
  return state;
}

function addChoice(state: ChoiceState, choice: ChunkChoice): void {
  state.finishReason = choice.finishReason || state.finishReason;
  state.extraJson = choice.extraJson || state.extraJson;
  if (choice.logprobs) {
    state.logprobs.content.push(...choice.logprobs.content);
    state.logprobs.refusal.push(...choice.logprobs.refusal);
  }
  if (choice.delta) addDelta(state, choice.delta);
}

function addDelta(state: ChoiceState, delta: Delta): void {
  if (delta.content !== undefined) {
    state.content += delta.content;
    state.hasContent = true;
  }
  if (delta.refusal !== undefined) state.refusal = (state.refusal ?? "") + delta.refusal;
  for (const piece of delta.toolCalls) {
    const call = state.toolCalls.get(piece.index) ?? { id: "", name: "", arguments: "", extraJson: "" };
    state.toolCalls.set(piece.index, call);
    call.id ||= piece.id;
    call.name ||= piece.name;
    call.arguments += piece.arguments;
    call.extraJson ||= piece.extraJson;
  }
  if (delta.extraJson) joinExtra(state.messageExtra, JSON.parse(delta.extraJson) as Record<string, unknown>);
}

/** Text of further fields (`reasoning_content`) grows piece by piece; anything else is replaced. */
function joinExtra(into: Record<string, unknown>, piece: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(piece)) {
    const before = into[key];
    into[key] = typeof before === "string" && typeof value === "string" ? before + value : value;
  }
}

function messageOf(state: ChoiceState): Message {
  return {
    role: "ROLE_ASSISTANT",
    content: state.hasContent ? [{ part: { $case: "text", value: state.content }, extraJson: "" }] : [],
    name: "",
    toolCalls: [...state.toolCalls].sort(([a], [b]) => a - b).map(([, call]) => call),
    toolCallId: "",
    refusal: state.refusal,
    extraJson: Object.keys(state.messageExtra).length > 0 ? JSON.stringify(state.messageExtra) : "",
  };
}
