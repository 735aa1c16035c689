import type { Sensitivity } from "@switchyard/contracts/vocabulary/routing";
import { sha256 } from "./request-digest.ts";

/** A place for an answer among those of one tenant. */
export interface Place {
  /** `exact-...` or `replay-...`; names no prompt, user or key, only a hash over them. */
  readonly name: string;
  /** Digest of the request that a replay must match. Empty: every request that leads here matches. */
  readonly requestDigest: string;
}

/** Who may share an answer. */
export interface Partition {
  readonly tenant: string;
  readonly sensitivity: Sensitivity;
  /** Counts where the answer is confidential. */
  readonly user: string;
}

/** The place that all requests of the same digest in one partition share. */
export function exactPlace({ tenant, sensitivity, user }: Partition, digest: string): Place {
  const owner = sensitivity === "SENSITIVITY_CONFIDENTIAL" ? user : null;
  return { name: `exact-${sha256(JSON.stringify([tenant, classOf(sensitivity), owner, digest]))}`, requestDigest: "" };
}

/** The place of one idempotency key of one user; the same request in another sensitivity class is another request. */
export function replayPlace({ tenant, sensitivity, user }: Partition, key: string, digest: string): Place {
  return {
    name: `replay-${sha256(JSON.stringify([tenant, user, key]))}`,
    requestDigest: sha256(JSON.stringify([classOf(sensitivity), digest])),
  };
}

const classOf = (sensitivity: Sensitivity) =>
  sensitivity === "SENSITIVITY_UNSPECIFIED" ? "SENSITIVITY_INTERNAL" : sensitivity;

/** A place with its tenant, as one opaque text that callers carry from lookup to store. */
export function ticketKey(tenant: string, place: Place): string {
  return `${place.name}.${Buffer.from(tenant).toString("base64url")}`;
}

const ticketForm = /^((exact|replay)-[A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]+)$/;

/** What {@link ticketKey} wrote; undefined for any other text. */
export function parseTicketKey(
  key: string,
): { readonly tenant: string; readonly name: string; readonly kind: "exact" | "replay" } | undefined {
  const [, name, kind, encoded] = ticketForm.exec(key) ?? [];
  if (name === undefined || encoded === undefined) return undefined;
  const tenant = Buffer.from(encoded, "base64url").toString();
  const isOwnForm = Buffer.from(tenant).toString("base64url") === encoded;
  return isOwnForm ? { tenant, name, kind: kind === "exact" ? "exact" : "replay" } : undefined;
}
