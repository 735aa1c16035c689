import type { FlightPlace } from "../ports.ts";
import { parseTicketKey, ticketKey } from "./place.ts";

/** A flight as one opaque text that callers carry from lookup to publishing and following. */
export const flightKey = ({ tenant, name }: FlightPlace, id: string): string =>
  `${ticketKey({ space: tenant, name })}~${id}`;

const form = /^([^~]+)~([A-Za-z0-9_-]{16,43})$/;

/** What {@link flightKey} wrote; undefined for any other text. */
export function parseFlightKey(key: string): { readonly place: FlightPlace; readonly id: string } | undefined {
  const [, ticket, id] = form.exec(key) ?? [];
  const place = ticket === undefined ? undefined : parseTicketKey(ticket);
  if (!place || id === undefined || place.kind === "replay") return undefined;
  return { place: { tenant: place.space, name: place.name }, id };
}
