import { type Fault, faultError } from "../domain/fault.ts";
import { type Exchange, sendJson, untilHungUp } from "./exchange.ts";
import type { ServedLine } from "./served-log.ts";

/** Faults that leave no room for an answer. Returns whether it was one. */
export async function failAtOnce(exchange: Exchange, fault: Fault | undefined, line: ServedLine): Promise<boolean> {
  switch (fault?.kind) {
    case "status": {
      if (fault.body === undefined) throw faultError(fault.status, fault.headers);
      sendJson(exchange, fault.body, fault.status, fault.headers);
      return true;
    }
    case "hang_up":
      exchange.response.destroy();
      return true;
    case "silence":
      await untilHungUp(exchange);
      line.aborted = true;
      return true;
    default:
      return false;
  }
}
