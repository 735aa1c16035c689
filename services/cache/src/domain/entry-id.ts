import { parseTicketKey, type SpacedPlace, ticketKey } from "./place.ts";

/** A stored answer that was given out, and by what. */
export interface GivenEntry extends Pick<SpacedPlace, "space" | "name"> {
  /** When it was made, in milliseconds since the epoch. */
  readonly storedAtMs: number;
  /** Where its request was near enough to the one that it answered; empty for an exact hit. */
  readonly partition: string;
}

/** A given answer as one opaque text that callers carry from lookup to report. */
export const entryId = (given: GivenEntry): string =>
  [ticketKey(given), Math.round(given.storedAtMs).toString(36), given.partition].join("~");

const form = /^([^~]+)~([0-9a-z]{1,11})~([A-Za-z0-9_-]{65})?$/;

/** What {@link entryId} wrote; undefined for any other text. */
export function parseEntryId(id: string): GivenEntry | undefined {
  const [, key, storedAt, partition = ""] = form.exec(id) ?? [];
  const place = key === undefined ? undefined : parseTicketKey(key);
  if (!place || storedAt === undefined || place.kind === "replay") return undefined;
  return { space: place.space, name: place.name, storedAtMs: Number.parseInt(storedAt, 36), partition };
}
