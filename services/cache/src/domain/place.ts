import type { Sensitivity } from "@switchyard/contracts/vocabulary/routing";
import { type RequestParts, sha256 } from "./request-digest.ts";
import { type Space, tenantSpace } from "./sharing.ts";

/** A place for an answer among those of one space. */
export interface Place {
  /** `exact-...`, `own-...` or `replay-...`; names no prompt, user or key, only a hash over them. */
  readonly name: string;
  /** Digest of the request that a replay must match. Empty: every request that leads here matches. */
  readonly requestDigest: string;
}

/** What a place is for: all of a space, one user, or one idempotency key. */
export type PlaceKind = "exact" | "own" | "replay";

/** A place and the space it is in. */
export interface SpacedPlace extends Place {
  readonly space: Space;
}

/** Who may share an answer. */
export interface Circle {
  readonly space: Space;
  readonly sensitivity: Sensitivity;
  /** Undefined: all of the space. */
  readonly user: string | undefined;
}

/** Hash over all that must be equal for an answer to be shared at all: who may share it, and the stable part of the request. */
export const scopeOf = ({ space, sensitivity, user }: Circle, stable: string): string =>
  sha256(JSON.stringify([space, classOf(sensitivity), user ?? null, stable]));

/** The name of the place that all requests of one scope with the same text share. */
export const answerName = (kind: "exact" | "own", scope: string, text: string | undefined): string =>
  `${kind}-${sha256(JSON.stringify([scope, text ?? null]))}`;

/** The place that all equal requests in one circle share. */
export function answerPlace(circle: Circle, { stable, text }: RequestParts): SpacedPlace & { readonly scope: string } {
  const scope = scopeOf(circle, stable);
  const kind = circle.user === undefined ? "exact" : "own";
  return { space: circle.space, name: answerName(kind, scope, text), requestDigest: "", scope };
}

/** Who uses an idempotency key, for what. */
export interface KeyUse {
  readonly tenant: string;
  readonly user: string;
  readonly sensitivity: Sensitivity;
  readonly idempotencyKey: string;
}

/** The place of one idempotency key of one user; the same request in another sensitivity class is another request. */
export function replayPlace({ tenant, user, sensitivity, idempotencyKey }: KeyUse, digest: string): SpacedPlace {
  return {
    space: tenantSpace(tenant),
    name: `replay-${sha256(JSON.stringify([tenant, user, idempotencyKey]))}`,
    requestDigest: sha256(JSON.stringify([classOf(sensitivity), digest])),
  };
}

const classOf = (sensitivity: Sensitivity) =>
  sensitivity === "SENSITIVITY_UNSPECIFIED" ? "SENSITIVITY_INTERNAL" : sensitivity;

/** The name of a place with its space, as one opaque text that callers carry from lookup to store. */
export const ticketKey = ({ space, name }: Pick<SpacedPlace, "space" | "name">): string =>
  `${name}.${Buffer.from(space).toString("base64url")}`;

/** What {@link ticketKey} was given, and what the name tells. */
export interface ParsedTicketKey {
  readonly space: Space;
  readonly name: string;
  readonly kind: PlaceKind;
}

const ticketForm = /^((exact|own|replay)-[A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]+)$/;

/** What {@link ticketKey} wrote; undefined for any other text. */
export function parseTicketKey(key: string): ParsedTicketKey | undefined {
  const [, name, kind, encoded] = ticketForm.exec(key) ?? [];
  if (name === undefined || encoded === undefined) return undefined;
  const space = Buffer.from(encoded, "base64url").toString();
  const isOwnForm = Buffer.from(space).toString("base64url") === encoded;
  return isOwnForm ? { space, name, kind: kind as PlaceKind } : undefined;
}
