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

/** Half a surrogate pair is refused: written and read again it would be another name, and its ledger lost. */
export function tenantName(field: string, value: string): Finding {
  return value.isWellFormed() ? required(field, value) : { field, description: "is not well-formed text" };
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

const longestName = 256;
const mostLabels = 16;
const longestLabel = 128;

/** Names are kept with every counter and line, so what is new must be short; measured in UTF-16 code units. */
export function short(field: string, value: string, most = longestName): Finding {
  return value.length <= most ? undefined : { field, description: `must have at most ${most} characters` };
}

/** What is too long about a caller. */
export function callerFindings({ tenant, user, feature, organisation, apiKey, labels }: Caller): Finding[] {
  const names = { tenant, user, feature, organisation, api_key: apiKey };
  const entries = Object.entries(labels);
  return [
    ...Object.entries(names).map(([field, value]) => short(`caller.${field}`, value)),
    entries.length > mostLabels
      ? { field: "caller.labels", description: `must have at most ${mostLabels} entries` }
      : undefined,
    ...entries
      .slice(0, mostLabels)
      .map(([key, value]) =>
        key.length > longestLabel
          ? short("caller.labels", key, longestLabel)
          : short("caller.labels", value, longestLabel),
      ),
  ];
}

/** The caller of a request that names its tenant; refuses the request for what is wrong with it or was found before. */
export function payer(caller: Caller | undefined, findings: readonly Finding[]): Caller {
  refuseInvalid([...findings, tenantName("caller.tenant", caller?.tenant ?? "")]);
  return caller as Caller;
}
