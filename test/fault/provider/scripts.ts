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
