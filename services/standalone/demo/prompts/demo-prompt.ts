/** One prompt of the demo's workload; a bare string is a prompt with nothing else said. */
export type DemoPrompt = string | DetailedPrompt;

export interface DetailedPrompt {
  readonly text: string;
  readonly system?: string;
  /** The conversation before it, user and assistant in turn. */
  readonly earlier?: readonly string[];
  /** Whether a JSON object is asked for. */
  readonly json?: true;
}
