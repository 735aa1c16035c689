import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import { type FieldViolation, invalidRequest } from "@switchyard/rpc";
import { largestAmount } from "../domain/amount.ts";

/** What is wrong with a field; undefined: nothing. */
export type Finding = FieldViolation | undefined;

/** Throws INVALID_ARGUMENT that names every field with a finding. */
export function refuseInvalid(findings: readonly Finding[]): void {
  const violations = findings.filter((finding) => finding !== undefined);
  if (violations.length > 0) throw invalidRequest(...violations);
}

export function required(field: string, value: string): Finding {
  return value === "" ? { field, description: "is required" } : undefined;
}

export function inRange(field: string, value: number, least: number, most: number): Finding {
  if (value >= least && value <= most) return undefined;
  return { field, description: `must be ${least} to ${most}` };
}

/** Tokens or nano-USD. */
export function countable(field: string, value: bigint): Finding {
  if (value < 0n) return { field, description: "must not be negative" };
  return value > largestAmount ? { field, description: `must be at most ${largestAmount}` } : undefined;
}

/** The caller of a request that names its tenant. */
export function payer(caller: Caller | undefined, findings: readonly Finding[]): Caller {
  const tenant = required("caller.tenant", caller?.tenant ?? "");
  refuseInvalid([...findings, tenant]);
  return caller as Caller;
}
