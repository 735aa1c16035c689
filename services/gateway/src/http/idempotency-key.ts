import type { IncomingHttpHeaders } from "node:http";

/** The `Idempotency-Key` header; empty if there is none. */
export const idempotencyKeyOf = (headers: IncomingHttpHeaders): string => headers["idempotency-key"]?.toString() ?? "";
