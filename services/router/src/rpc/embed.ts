import type { EmbedRequest, EmbedResponse } from "@switchyard/contracts/router/v1/router";
import { type Call, type FieldViolation, invalidRequest } from "@switchyard/rpc";
import type { Platform } from "../domain/platform.ts";
import { credentialsOf, patienceOf } from "./incoming.ts";
import { toRpcError } from "./to-rpc-error.ts";
import { jsonObject } from "./validate-chat.ts";
import { violationsOfCaller } from "./validate-context.ts";

/** RouterService.Embed. */
export const embed =
  (platform: Platform) =>
  async (request: EmbedRequest, call: Call): Promise<EmbedResponse> => {
    const { embedding, caller } = request;
    const violations = violationsOf(request);
    if (violations.length > 0 || !embedding) throw invalidRequest(...violations);
    using patience = patienceOf(call, platform.defaultDeadlineMs);
    try {
      return await platform.embed({
        embedding,
        caller,
        credentials: credentialsOf(call),
        signal: patience.signal,
        deadline: patience.deadline,
      });
    } catch (error) {
      throw toRpcError(error);
    }
  };

function violationsOf({ embedding, caller }: EmbedRequest): FieldViolation[] {
  if (!embedding) return [{ field: "embedding", description: "is required" }];
  const violations = [...violationsOfCaller(caller)];
  const report = (field: string, description: string) => violations.push({ field: `embedding.${field}`, description });
  const { texts, tokenLists, dimensions } = embedding;
  if (embedding.model === "") report("model", 'is required: "auto" or a model id');
  if (texts.length + tokenLists.length === 0) report("texts", "must have at least one text");
  if (texts.length > 0 && tokenLists.length > 0) report("token_lists", "must be empty where texts is set");
  if (texts.length > 2_048 || tokenLists.length > 2_048) report("texts", "must have at most 2048 texts");
  texts.forEach((text, index) => {
    if (text === "") report(`texts[${index}]`, "must not be empty");
  });
  if (dimensions !== undefined && dimensions < 1) report("dimensions", "must be at least 1");
  jsonObject(embedding.extraJson, "extra_json", report);
  return violations;
}
