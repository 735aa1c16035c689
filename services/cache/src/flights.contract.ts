import { randomUUID } from "node:crypto";
import type { ChatChunk } from "@switchyard/contracts/vocabulary/chat";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FlightPlace, Flights, Joined, News } from "./ports.ts";
import { answer } from "./testing.ts";

/** One kind of flights, as the contract suite needs it. */
export interface FlightsHarness {
  /** The same flights as another process sees them; the very same ones where there is only one process. */
  open(): Promise<Flights>;
  /** Lets so much time pass, in milliseconds. */
  elapse(ms: number): Promise<void>;
  /** Lets go of everything, what was opened included. */
  close(): Promise<void>;
}

/** Longer than any test; and one that a busy machine does not use up between two lines. */
const longMs = 60_000;
const shortMs = 2_000;

const chunk = (content: string): ChatChunk => ({
  ...{ id: "c", created: 0n, model: "m", usage: undefined, systemFingerprint: "", extraJson: "" },
  choices: [
    {
      delta: { role: "ROLE_ASSISTANT", content, refusal: undefined, toolCalls: [], extraJson: "" },
      ...{ index: 0, finishReason: "", logprobs: undefined, extraJson: "" },
    },
  ],
});
const saying = (...texts: string[]): News => ({ chunks: texts.map(chunk), author: undefined, end: undefined });
const ending = (text?: string, passing = false): News => ({
  ...saying(),
  end: { answer: text === undefined ? undefined : answer(text), passing },
});
const textOf = (news: readonly News[]) =>
  news.flatMap(({ chunks }) => chunks.map(({ choices }) => choices[0]?.delta?.content)).join("");

/** Registers what every kind of {@link Flights} must do. */
export function flightsContract(kind: string, harness: () => FlightsHarness): void {
  describe(`the ${kind} flights`, () => {
    let own: FlightsHarness;
    let here: Flights;
    let there: Flights;
    let gone: AbortController;
    let place: FlightPlace;

    beforeEach(async () => {
      place = { tenant: `acme ${randomUUID()}`, name: `exact-${"a".repeat(43)}` };
      own = harness();
      here = await own.open();
      there = await own.open();
      gone = new AbortController();
    });
    afterEach(async () => {
      gone.abort();
      await own.close();
    });

    const lead = async (leaseMs = longMs): Promise<Joined & { lease: string }> => {
      const { id, lease } = await here.join(place, leaseMs);
      expect(lease).toBeTypeOf("string");
      return { id, lease: lease as string };
    };
    /** Follows elsewhere; what is heard grows until the flight is over. */
    const follow = (id: string, leaseMs = longMs) => {
      const heard: News[] = [];
      const over = (async () => {
        for await (const news of there.follow(place, id, leaseMs, gone.signal)) heard.push(news);
      })();
      return { heard, over };
    };
    /** Says that it is alive until somebody listens. */
    const untilFollowed = (lease: string, leaseMs = longMs) =>
      expect.poll(async () => (await here.publish(place, lease, leaseMs, undefined)).followed).toBe(true);

    it("let exactly one of many lead", async () => {
      const joined = await Promise.all(
        Array.from({ length: 20 }, (_, index) => (index % 2 ? here : there).join(place, longMs)),
      );
      expect(joined.filter(({ lease }) => lease !== undefined)).toHaveLength(1);
      expect(new Set(joined.map(({ id }) => id)).size).toBe(1);
    });

    it("keep places and tenants apart", async () => {
      const { id } = await lead();
      for (const other of [
        { ...place, tenant: `${place.tenant}:` },
        { ...place, name: `exact-${"b".repeat(43)}` },
      ]) {
        expect((await there.join(other, longMs)).lease).toBeDefined();
        const heard: News[] = [];
        for await (const news of there.follow(other, id, longMs, gone.signal)) heard.push(news);
        expect(heard).toEqual([]);
      }
    });

    it("do not tell the lease by the name of a flight", async () => {
      const { id, lease } = await lead();
      expect(id).not.toContain(lease);
      expect(await there.publish(place, id, longMs, ending("forged"))).toEqual({ followed: false, leads: false });
    });

    it("hand on everything from the beginning, as it comes, to all who follow", async () => {
      const { id, lease } = await lead();
      const { response: _, ...author } = answer("");
      await here.publish(place, lease, longMs, { ...saying("Pa"), author });
      const early = follow(id);
      await expect.poll(() => textOf(early.heard)).toBe("Pa");
      await here.publish(place, lease, longMs, saying("r", "is"));
      const late = follow(id);
      for (const { heard } of [early, late]) await expect.poll(() => textOf(heard)).toBe("Paris");
      expect(early.heard[0]?.author).toEqual(author);
      await here.publish(place, lease, longMs, ending("Paris"));
      await Promise.all([early.over, late.over]);
      for (const { heard } of [early, late]) {
        expect(heard.at(-1)?.end).toEqual(ending("Paris").end);
        expect(heard.filter(({ end }) => end)).toHaveLength(1);
      }
    });

    it("tell the leader whether anybody follows", async () => {
      const { id, lease } = await lead();
      expect(await here.publish(place, lease, longMs, undefined)).toEqual({ followed: false, leads: true });
      follow(id);
      await untilFollowed(lease);
    });

    it("that end with an answer give it to those who come a little later", async () => {
      const { id, lease } = await lead();
      await here.publish(place, lease, longMs, ending("Paris"));
      expect(await there.join(place, longMs)).toEqual({ id, lease: undefined });
      const { heard, over } = follow(id);
      await over;
      expect(heard.at(-1)?.end).toEqual(ending("Paris").end);
    });

    it("that end with a passing answer give it to those who follow already, and to nobody else", async () => {
      const { id, lease } = await lead();
      const { heard, over } = follow(id);
      await untilFollowed(lease);
      await here.publish(place, lease, longMs, ending("cut", true));
      await over;
      expect(heard).toEqual([ending("cut", true)]);
      expect((await there.join(place, longMs)).lease).toBeDefined();
    });

    it("whose answer stands in the cache are not found from their end on", async () => {
      for (const storedFirst of [true, false]) {
        const { id, lease } = await lead();
        const { heard, over } = follow(id);
        await untilFollowed(lease);
        if (storedFirst) await there.forget(place);
        expect((await there.join(place, longMs)).id).toBe(id);
        await here.publish(place, lease, longMs, ending("Paris"));
        if (!storedFirst) await there.forget(place);
        await over;
        expect(heard).toEqual([ending("Paris")]);
        const next = await there.join(place, longMs);
        expect(next.lease).toBeDefined();
        await there.publish(place, next.lease as string, longMs, ending());
      }
    });

    it("that never were can be forgotten", async () => {
      await there.forget(place);
      expect((await there.join(place, longMs)).lease).toBeDefined();
    });

    it("that end without an answer say so, and the next who joins leads", async () => {
      const { id, lease } = await lead();
      const { heard, over } = follow(id);
      await untilFollowed(lease);
      await here.publish(place, lease, longMs, ending());
      await over;
      expect(heard).toEqual([ending()]);
      expect((await there.join(place, longMs)).lease).toBeDefined();
    });

    it("are over with their end: nothing comes after it", async () => {
      const { lease } = await lead();
      await here.publish(place, lease, longMs, ending("Paris"));
      expect((await here.publish(place, lease, longMs, saying("more"))).leads).toBe(false);
    });

    it("end silently where the leader is silent for longer than its lease, and exactly one other leads then", async () => {
      const { id, lease } = await lead(shortMs);
      await here.publish(place, lease, shortMs, saying("Pa"));
      const followers = [follow(id, shortMs), follow(id, shortMs)];
      for (const { heard } of followers) await expect.poll(() => heard).toEqual([saying("Pa")]);
      await own.elapse(shortMs);
      await Promise.all(followers.map(({ over }) => over));
      for (const { heard } of followers) expect(heard).toEqual([saying("Pa")]);
      const next = await Promise.all([there.join(place, longMs), here.join(place, longMs), there.join(place, longMs)]);
      expect(next.filter((joined) => joined.lease !== undefined)).toHaveLength(1);
      expect(next.every((joined) => joined.id !== id)).toBe(true);
      expect(await here.publish(place, lease, shortMs, ending("late"))).toEqual({ followed: false, leads: false });
    });

    it("go on for longer than a lease where the leader gives signs of life", async () => {
      const { id, lease } = await lead(shortMs);
      const { heard, over } = follow(id, shortMs);
      expect(await here.publish(place, lease, longMs, undefined)).toMatchObject({ leads: true });
      await own.elapse(1.5 * shortMs);
      expect(await here.publish(place, lease, longMs, ending("Paris"))).toMatchObject({ followed: true });
      await over;
      expect(heard).toEqual([ending("Paris")]);
    });

    it("let those go who have no time", async () => {
      const { id, lease } = await lead();
      const { over } = follow(id);
      await untilFollowed(lease);
      gone.abort();
      await over;
    });

    it("let everybody go when they close", async () => {
      const { id, lease } = await lead();
      const { over } = follow(id);
      await untilFollowed(lease);
      await there.close();
      await over;
    });

    it("that never were have no news", async () => {
      const { heard, over } = follow("x".repeat(22));
      await over;
      expect(heard).toEqual([]);
    });

    it("give every follower news of its own", async () => {
      const { id, lease } = await lead();
      await here.publish(place, lease, longMs, ending("Paris"));
      for (let round = 0; round < 2; round++) {
        const { heard, over } = follow(id);
        await over;
        const found = heard.at(-1)?.end?.answer;
        expect(found).toEqual(answer("Paris"));
        if (found) found.response.choices.length = 0;
      }
    });
  });
}
