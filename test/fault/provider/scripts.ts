import { setTimeout as sleep } from "node:timers/promises";
import { healthy } from "./answers.ts";
import type { Behaviour } from "./exchange.ts";

/** One behaviour per request in turn; the last stays. */
export const inTurn =
  (...behaviours: readonly [Behaviour, ...Behaviour[]]): Behaviour =>
  (exchange) =>
    (behaviours[Math.min(exchange.turn, behaviours.length - 1)] ?? healthy())(exchange);

/** A behaviour while a condition holds; otherwise it answers. */
export const whileTrue =
  (holds: () => boolean, behaviour: Behaviour): Behaviour =>
  (exchange) =>
    (holds() ? behaviour : healthy())(exchange);

/** Nothing for a while, not even a status, and then a behaviour. */
export const after =
  (delayMs: number, behaviour: Behaviour): Behaviour =>
  async (exchange) => {
    await sleep(delayMs, undefined, { signal: exchange.over });
    await behaviour(exchange);
  };
