import type {
  RecordOutcomeRequest,
  RecordOutcomeResponse,
  OutcomeSource as Source,
} from "@switchyard/contracts/router/v1/router";
import { type Call, type FieldViolation, invalidRequest } from "@switchyard/rpc";
import type { OutcomeSource } from "../domain/outcomes/record-outcome.ts";
import type { Platform } from "../domain/platform.ts";
import { credentialsOf, patienceOf } from "./incoming.ts";
import { toRpcError } from "./to-rpc-error.ts";
import { violationsOfCaller } from "./validate-context.ts";

const sources: Readonly<Partial<Record<Source, OutcomeSource>>> = {
  OUTCOME_SOURCE_JUDGE: "judge",
  OUTCOME_SOURCE_USER: "user",
  OUTCOME_SOURCE_TEST: "test",
};

/** RouterService.RecordOutcome. */
export const recordOutcome =
  (platform: Platform) =>
  async (request: RecordOutcomeRequest, call: Call): Promise<RecordOutcomeResponse> => {
    const violations = violationsOf(request);
    const source = sources[request.source];
    const score = scoreOf(request);
    if (violations.length > 0 || !source || score === undefined) throw invalidRequest(...violations);
    using patience = patienceOf(call, platform.defaultDeadlineMs);
    const { caller, requestId, model, task, prompt } = request;
    const { signal, deadline } = patience;
    try {
      const credentials = credentialsOf(call);
      const report = { caller, requestId, model, task, prompt, score, source, credentials, signal, deadline };
      return { recorded: await platform.recordOutcome(report) };
    } catch (error) {
      throw toRpcError(error);
    }
  };

function scoreOf({ verdict }: RecordOutcomeRequest): number | undefined {
  if (verdict?.$case === "good") return verdict.value ? 1 : 0;
  return verdict?.$case === "score" && verdict.value >= 0 && verdict.value <= 1 ? verdict.value : undefined;
}

function violationsOf(request: RecordOutcomeRequest): FieldViolation[] {
  const { caller, requestId, model, task, prompt, source } = request;
  const wrong = (field: string, description: string) => ({ field, description });
  return [
    ...violationsOfCaller(caller),
    ...(sources[source] ? [] : [wrong("source", "is required: who says so")]),
    ...(scoreOf(request) === undefined ? [wrong("verdict", "is required: good, or a score from 0 to 1")] : []),
    ...(requestId.length > 128 ? [wrong("request_id", "must have at most 128 characters")] : []),
    ...(task === "UNRECOGNIZED" ? [wrong("task", "is not a known value")] : []),
    ...(requestId === "" && model === "" ? [wrong("model", "is required without request_id")] : []),
    ...(requestId === "" && task === "TASK_UNSPECIFIED" && prompt === ""
      ? [wrong("prompt", "or task is required without request_id")]
      : []),
  ];
}
