import type { Logprobs, TokenLogprob } from "@switchyard/contracts/vocabulary/chat";

/** Log-probabilities as OpenAI's API says them; null where none were asked for. */
export function logprobsJson(logprobs: Logprobs | undefined): object | null {
  if (logprobs === undefined) return null;
  return { content: listOrNull(logprobs.content), refusal: listOrNull(logprobs.refusal) };
}

const listOrNull = (tokens: readonly TokenLogprob[]) => (tokens.length === 0 ? null : tokens.map(withAlternatives));

const withAlternatives = (entry: TokenLogprob) => ({ ...alone(entry), top_logprobs: entry.topLogprobs.map(alone) });

const alone = ({ token, logprob, utf8 }: TokenLogprob) => ({
  token,
  logprob,
  bytes: utf8.length === 0 ? null : Array.from(utf8),
});
