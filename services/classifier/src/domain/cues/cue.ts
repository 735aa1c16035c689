/** Words that speak for a task. Gaps in patterns are bounded, so that matching stays linear. */
export interface Cue {
  /**
   * `order`: the very beginning of the user's turn, courtesies left out. `anywhere`: beginning and end of the user's turn,
   * and the operator's instructions.
   */
  readonly place: "order" | "anywhere";
  /** About the logarithm of how much likelier the task becomes. */
  readonly weight: number;
  readonly pattern: RegExp;
}

/** A cue that counts only where an order stands. */
export const order = (weight: number, pattern: RegExp): Cue => ({ place: "order", weight, pattern });

/** A cue that counts wherever instructions stand. */
export const anywhere = (weight: number, pattern: RegExp): Cue => ({ place: "anywhere", weight, pattern });
