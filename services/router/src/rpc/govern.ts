import { PolicyVersion as Message } from "@switchyard/contracts/router/v1/router";
import type { Call } from "@switchyard/rpc";
import type { Learner, PolicyVersion } from "../domain/outcomes/learner.ts";
import type { Platform } from "../domain/platform.ts";
import { credentialsOf } from "./incoming.ts";
import { toRpcError } from "./to-rpc-error.ts";

/** Answers a call of somebody who may change the policy. Throws RpcError. */
export async function govern<T>(platform: Platform, call: Call, work: (learner: Learner) => Promise<T>): Promise<T> {
  try {
    return await work(platform.govern(credentialsOf(call)));
  } catch (error) {
    throw toRpcError(error);
  }
}

export const toMessage = ({ madeAtMs, outcomeCount, ...version }: PolicyVersion): Message =>
  Message.create({
    ...version,
    outcomeCount: BigInt(Math.round(outcomeCount)),
    ...(madeAtMs > 0 && { madeAt: new Date(madeAtMs) }),
  });
