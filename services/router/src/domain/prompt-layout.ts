import { createHash } from "node:crypto";
import type { ChatRequest, Tool } from "@switchyard/contracts/vocabulary/chat";
import type { Prompt } from "./request.ts";
import { textOf } from "./shape.ts";

/** Lays prompts out so that what is the same for many is the same to the last byte: providers read that from their cache. */
export type Layout = (chat: ChatRequest) => ChatRequest;

/** Texts of schemas that are remembered; services send the same few again and again. */
const mostSchemas = 1_000;
const longestSchema = 64 * 1024;

/**
 * Tools by name, and every schema with its keywords in one order. What carries meaning stays as it was sent: messages, the
 * order of properties (models write an object in that order), lists, and values that are no schemas. Tools that carry fields
 * for the provider (a mark where its cache ends, say) keep their order.
 */
export function createLayout(): Layout {
  const known = new Map<string, string>();
  const canonical = (text: string): string => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const written = canonicalSchemaText(text);
    if (known.size >= mostSchemas) known.clear();
    if (text.length <= longestSchema) known.set(text, written);
    return written;
  };
  const layTool = (tool: Tool): Tool => ({ ...tool, parametersJson: canonical(tool.parametersJson) });
  return (chat) => {
    const format = chat.responseFormat?.format;
    if (chat.tools.length === 0 && format?.$case !== "jsonSchema") return chat;
    const tools = chat.tools.map(layTool);
    if (tools.every(({ extraJson }) => extraJson === "")) tools.sort(byName);
    if (format?.$case !== "jsonSchema") return { ...chat, tools };
    const value = { ...format.value, schemaJson: canonical(format.value.schemaJson) };
    return { ...chat, tools, responseFormat: { format: { $case: "jsonSchema", value } } };
  };
}

const byName = (a: Tool, b: Tool) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/**
 * Names what stands first in a laid-out prompt: instructions before the first turn, tools, the shape of the answer. Empty where
 * there is nothing.
 */
export function promptPrefixOf({ messages, tools, responseFormat }: ChatRequest): string {
  const firstTurn = messages.findIndex(({ role }) => role !== "ROLE_SYSTEM" && role !== "ROLE_DEVELOPER");
  const instructions = firstTurn < 0 ? messages : messages.slice(0, firstTurn);
  const schema = responseFormat?.format?.$case === "jsonSchema" ? responseFormat.format.value.schemaJson : "";
  if (instructions.length === 0 && tools.length === 0 && schema === "") return "";
  const hash = createHash("sha256");
  const add = (text: string) => hash.update(`${text.length}:`).update(text);
  for (const message of instructions) add(textOf(message));
  for (const { name, description, parametersJson } of tools) {
    for (const text of [name, description, parametersJson]) add(text);
  }
  add(schema);
  return hash.digest("base64url").slice(0, 16);
}

/**
 * What providers are told to tell prompts apart by, so that those that begin alike meet the same prefix cache: a hash over
 * tenant and prefix, which says nothing of either. A prompt without a prefix has none.
 */
export function withPromptCacheKey(prompt: Prompt): Prompt {
  const { chat, caller } = prompt;
  const prefix = promptPrefixOf(chat);
  if (prefix === "") return prompt;
  const text = `${caller.tenant.length}:${caller.tenant}${prefix}`;
  const promptCacheKey = createHash("sha256").update(text).digest("base64url").slice(0, 22);
  return { ...prompt, chat: { ...chat, promptCacheKey } };
}

/** Keywords whose values are schemas by names that callers chose: their order is theirs. */
const maps = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]);
/** Keywords whose values are no schemas. */
const literals = new Set(["default", "const", "enum", "examples", "example", "required"]);

function canonicalSchemaText(text: string): string {
  if (text === "") return text;
  try {
    return JSON.stringify(canonicalSchema(JSON.parse(text)));
  } catch {
    // Nested too deeply to walk; JSON that is none was refused before.
    return text;
  }
}

function canonicalSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(canonicalSchema);
  if (typeof schema !== "object" || schema === null) return schema;
  const entries = Object.entries(schema).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      literals.has(key) ? value : maps.has(key) ? inOrder(value) : canonicalSchema(value),
    ]),
  );
}

function inOrder(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, canonicalSchema(schema)]));
}
