import { CommandError } from "../../command.ts";
import { type LoggedPrompt, labelsOf, type ReadLine, tokenCount, tokensOf } from "./logged-request.ts";

/** Names that a column may have; case and spaces do not matter. The first three must be there. */
const columns = {
  model: ["model"],
  input: ["input_tokens", "prompt_tokens"],
  output: ["output_tokens", "completion_tokens"],
  cached: ["cached_input_tokens", "cached_tokens"],
  feature: ["feature"],
  task: ["task"],
  stakes: ["stakes"],
  prompt: ["prompt", "query"],
  system: ["system", "system_prompt"],
} as const;

type Column = keyof typeof columns;

const required: readonly Column[] = ["model", "input", "output"];

/** Reads the records of a CSV file one after the other; the first is the header. */
export interface CsvReader {
  /** Undefined for the header, and while a quoted field goes on over the line's end. Throws CommandError for a bad header. */
  read(line: string): ReadLine | undefined;
  /** Whether the file ended inside a quoted field. */
  isOpen(): boolean;
}

/** A reader for comma, semicolon or tab separated values with RFC 4180 quotes; quoted fields may hold line breaks. */
export function createCsvReader(longestRecord: number): CsvReader {
  let delimiter = ",";
  let places: Readonly<Partial<Record<Column, number>>> | undefined;
  let open: string | undefined;
  return {
    read(line) {
      const record = open === undefined ? line : `${open}\n${line}`;
      if (hasOpenQuote(record)) {
        if (record.length > longestRecord) {
          open = undefined;
          return { unusable: "a quoted field does not end" };
        }
        open = record;
        return undefined;
      }
      open = undefined;
      if (places) return toRequest(fieldsOf(record, delimiter), places);
      delimiter = delimiterOf(record);
      places = placesOf(fieldsOf(record, delimiter));
      return undefined;
    },
    isOpen: () => open !== undefined,
  };
}

function hasOpenQuote(record: string): boolean {
  let quotes = 0;
  for (let at = record.indexOf('"'); at >= 0; at = record.indexOf('"', at + 1)) quotes++;
  return quotes % 2 === 1;
}

const delimiterOf = (header: string) =>
  [",", ";", "\t"].reduce((best, each) => (header.split(each).length > header.split(best).length ? each : best));

/** The fields of a record; doubled quotes inside a quoted field stand for one. */
export function fieldsOf(record: string, delimiter: string): string[] {
  if (!record.includes('"')) return record.split(delimiter);
  const fields: string[] = [];
  let field = "";
  let isQuoted = false;
  for (let at = 0; at < record.length; at++) {
    const character = record[at] as string;
    if (character === '"' && isQuoted && record[at + 1] === '"') {
      field += '"';
      at++;
    } else if (character === '"') isQuoted = !isQuoted;
    else if (character === delimiter && !isQuoted) {
      fields.push(field);
      field = "";
    } else field += character;
  }
  return [...fields, field];
}

function placesOf(header: readonly string[]): Readonly<Partial<Record<Column, number>>> {
  const names = header.map((name) =>
    name
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, "_"),
  );
  const places: Partial<Record<Column, number>> = {};
  for (const [column, aliases] of Object.entries(columns) as [Column, readonly string[]][]) {
    const place = names.findIndex((name) => aliases.includes(name));
    if (place >= 0) places[column] = place;
  }
  const missing = required.filter((column) => places[column] === undefined);
  if (missing.length === 0) return places;
  const wanted = missing.map((column) => columns[column].join(" or ")).join(", ");
  throw new CommandError(`line 1: the CSV header lacks ${wanted}; it has ${names.join(", ").slice(0, 200)}`);
}

function toRequest(fields: readonly string[], places: Readonly<Partial<Record<Column, number>>>): ReadLine {
  const field = (column: Column) => {
    const place = places[column];
    return place === undefined ? "" : (fields[place] ?? "");
  };
  const model = field("model").trim();
  if (model === "") return { unusable: "model is empty" };
  const input = tokenCount(field("input"));
  const output = tokenCount(field("output"));
  if (input === undefined) return notTokens("input_tokens", field("input"));
  if (output === undefined) return notTokens("output_tokens", field("output"));
  const cached = field("cached").trim() === "" ? 0 : tokenCount(field("cached"));
  if (cached === undefined) return notTokens("cached_input_tokens", field("cached"));
  return {
    modelNames: [model],
    tokens: tokensOf(input, cached, output),
    isEstimated: false,
    ...labelsOf(field("feature"), field("task"), field("stakes")),
    prompt: promptOf(field("prompt"), field("system")),
  };
}

const notTokens = (column: string, value: string) => ({
  unusable: `${column} must be a whole number of at least 0, not "${value.slice(0, 32)}"`,
});

function promptOf(query: string, system: string): LoggedPrompt | undefined {
  if (query === "" && system === "") return undefined;
  return { system, earlier: [], query, hasTools: false, answer: "text", hasImages: false, maxTokens: undefined };
}
