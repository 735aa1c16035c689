import { describe, expect, it } from "vitest";
import { entryId, parseEntryId } from "./entry-id.ts";
import { flightKey, parseFlightKey } from "./flight-key.ts";

const name = `exact-${"a".repeat(43)}`;
const given = { space: "acme:x ~ 租户", name, storedAtMs: 1_790_000_000_123, partition: "" };

describe("the id of a given answer", () => {
  it.each(["", "p".repeat(65)])("carries all of it, with the partition %j", (partition) => {
    expect(parseEntryId(entryId({ ...given, partition }))).toEqual({ ...given, partition });
  });

  it("of any other form is none", () => {
    const good = entryId(given);
    for (const id of [
      "",
      "~",
      good.slice(1),
      `${good}~`,
      `${good}p`,
      ` ${good}`,
      `${good}\n`,
      good.split("~")[0] as string,
    ]) {
      expect(parseEntryId(id)).toBeUndefined();
    }
    expect(parseEntryId(entryId({ ...given, name: name.replace("exact", "replay") }))).toBeUndefined();
  });
});

describe("the key of a flight", () => {
  const place = { tenant: given.space, name };

  it("carries its place and which one it is", () => {
    expect(parseFlightKey(flightKey(place, "i".repeat(22)))).toEqual({ place, id: "i".repeat(22) });
  });

  it("of any other form is none", () => {
    const good = flightKey(place, "i".repeat(22));
    for (const key of ["", "~", good.slice(1), `${good}~`, `${good}!`, `${good}\n`, good.split("~")[0] as string]) {
      expect(parseFlightKey(key)).toBeUndefined();
    }
  });
});
