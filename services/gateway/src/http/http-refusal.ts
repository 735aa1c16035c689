import type { ErrorAnswer } from "../openai/error.ts";
import { httpErrorAnswer } from "../openai/error.ts";

/** A refusal by a rule of HTTP, about which the rest of the platform knows nothing. */
export class HttpRefusal extends Error {
  override readonly name = "HttpRefusal";
  readonly answer: ErrorAnswer;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.answer = httpErrorAnswer(status, code, message);
  }
}
