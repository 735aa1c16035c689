import { hash, randomUUID } from "node:crypto";

/** What only the leader of a flight knows. */
export const newLease = (): string => randomUUID();

/** Names a flight without telling its lease. */
export const flightId = (lease: string): string => hash("sha256", lease, "base64url").slice(0, 22);

/** How long a flight that ended with an answer is found, in milliseconds: until the answer stands in the cache. */
export const landedLifeMs = 5_000;
