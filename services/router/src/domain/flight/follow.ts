import type { ChatChunk } from "@switchyard/contracts/vocabulary/chat";
import type { Cache, Flight, FlightNews, StoredAnswer } from "../../ports.ts";
import { type Assembly, assembly } from "../dispatch/assemble.ts";
import { AttemptFailure } from "../dispatch/attempt-failure.ts";
import type { BegunAnswer } from "../dispatch/open-stream.ts";
import type { Prompt } from "../request.ts";

/** An answer that another's request is getting. */
export interface GrowingAnswer {
  /** Its chunks, from the first on, read once. Throws AttemptFailure where it breaks off: it never ends as if it were whole. */
  readonly chunks: AsyncIterable<ChatChunk>;
  /** What is known of the answer: who writes it, and in the end all of it. */
  known(): StoredAnswer;
  /** What has come, as an answer that somebody else is to go on with. */
  brokenBy(failure: AttemptFailure): BegunAnswer;
}

/** What following came to: the answer, or its beginning. */
export type Followed = { readonly answer: StoredAnswer } | { readonly growing: GrowingAnswer };

/**
 * Follows another's flight: to its end where a whole answer is wanted, to the first chunks of a stream otherwise. Undefined
 * where it brings nothing, whether its leader failed, fell silent, or the cache cannot be reached any more.
 */
export async function follow(prompt: Prompt, flight: Flight, cache: Cache): Promise<Followed | undefined> {
  const coming = cache.follow(flight, prompt)[Symbol.asyncIterator]();
  let isHandedOn = false;
  try {
    for (let { value, done } = await coming.next(); !done; { value, done } = await coming.next()) {
      const news = value as FlightNews;
      if (news.end) return news.end.answer && { answer: news.end.answer };
      if (prompt.isStreamed && news.chunks.length > 0) {
        isHandedOn = true;
        return { growing: growingAnswer(news, coming, prompt.chat.n) };
      }
    }
  } catch {
    // Whatever it was, this request still has itself to ask.
  } finally {
    if (!isHandedOn) letGo(coming);
  }
  return undefined;
}

function growingAnswer(first: FlightNews, coming: AsyncIterator<FlightNews>, choiceCount = 1): GrowingAnswer {
  const sofar = assembly();
  let author = first.author;
  let answer: StoredAnswer | undefined;
  const take = async (): Promise<FlightNews | undefined> => {
    const { value, done } = await coming.next();
    return done ? undefined : value;
  };
  async function* chunks(): AsyncGenerator<ChatChunk, void, undefined> {
    try {
      for (let news: FlightNews | undefined = first; news; news = news.end ? undefined : await take()) {
        author = news.author ?? author;
        for (const chunk of news.chunks) {
          sofar.add(chunk);
          yield chunk;
        }
        answer = news.end?.answer;
      }
    } catch (error) {
      // What comes after the end of every choice is news of the flight, not of the answer.
      if (!sofar.isComplete(choiceCount)) throw broken("the cache cannot be reached", error);
    } finally {
      letGo(coming);
    }
    if (!sofar.isComplete(choiceCount)) throw broken("the request that got it ended before");
  }
  return {
    chunks: chunks(),
    known: () =>
      answer ?? { ...(author ?? unknownAuthor), response: sofar.isComplete() ? sofar.response() : undefined },
    brokenBy: (failure) => begunAnswer(author?.model ?? "", sofar, failure),
  };
}

const unknownAuthor: StoredAnswer = {
  response: undefined,
  model: "",
  provider: "",
  tier: "TIER_UNSPECIFIED",
  baselineCostUsdNanos: 0n,
  costUsdNanos: 0n,
};

const broken = (message: string, cause?: unknown) =>
  new AttemptFailure("UPSTREAM_BROKEN_ANSWER", message, undefined, cause);

/** A stream of which nothing more comes; what it took was another's to pay. */
const begunAnswer = (model: string, answer: Assembly, failure: AttemptFailure): BegunAnswer => ({
  model,
  answer,
  next: () => Promise.reject(failure),
  usage: () => undefined,
  ended: () => undefined,
});

/** What goes wrong while it is let go is of no interest any more. */
const letGo = (coming: AsyncIterator<FlightNews>) => void Promise.resolve(coming.return?.()).catch(() => undefined);
