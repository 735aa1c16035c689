import { EmbeddingResponse } from "@switchyard/contracts/type/v1/embedding";
import { describe, expect, it } from "vitest";
import { embeddingFrom, embeddingListJson } from "./embeddings.ts";

describe("an embedding request", () => {
  it.each([
    ["one", { texts: ["one"], tokenLists: [] }],
    [["one", "two"], { texts: ["one", "two"], tokenLists: [] }],
    [[1, 2], { texts: [], tokenLists: [{ tokenIds: [1, 2] }] }],
    [[[1], [2, 3]], { texts: [], tokenLists: [{ tokenIds: [1] }, { tokenIds: [2, 3] }] }],
    [undefined, { texts: [], tokenLists: [] }],
  ])("takes the input %j", (input, expected) => {
    expect(embeddingFrom({ model: "e", input }).embedding).toMatchObject(expected);
  });

  it("keeps dimensions, encoding, user and unknown fields", () => {
    const asked = embeddingFrom({
      model: "e",
      input: "x",
      dimensions: 3,
      encoding_format: "base64",
      user: "u",
      task: "t",
    });
    expect(asked).toMatchObject({
      encoding: "base64",
      user: "u",
      embedding: { model: "e", dimensions: 3, extraJson: '{"task":"t"}' },
    });
  });

  it.each([
    [{ input: 5 }, "input"],
    [{ input: ["a", 5] }, "input[1]"],
    [{ input: [1, "a"] }, "input[1]"],
    [{ input: [[1], 2] }, "input[1]"],
    [{ input: [[1], [1.5]] }, "input[1][0]"],
    [{ encoding_format: "int8" }, "encoding_format"],
    [{ dimensions: "3" }, "dimensions"],
  ])("that is malformed is refused by the name of its field: %j", (body, field) => {
    expect(() => embeddingFrom(body)).toThrow(
      expect.objectContaining({ fieldViolations: [expect.objectContaining({ field })] }),
    );
  });
});

describe("vectors", () => {
  const response = EmbeddingResponse.create({
    model: "e-upstream",
    embeddings: [{ values: [0.5, -1] }, { values: [0, 2] }],
    inputTokens: 7n,
    extraJson: '{"id":"emb-1","usage":{"cost":1}}',
  });

  it("have the shape of OpenAI's list, with unknown fields and report", () => {
    expect(embeddingListJson(response, "float", { model: "e" })).toEqual({
      object: "list",
      data: [
        { object: "embedding", index: 0, embedding: [0.5, -1] },
        { object: "embedding", index: 1, embedding: [0, 2] },
      ],
      model: "e-upstream",
      usage: { prompt_tokens: 7, total_tokens: 7, cost: 1 },
      switchyard: { model: "e" },
      id: "emb-1",
    });
  });

  it("are little-endian 32-bit floats in base64", () => {
    const json = embeddingListJson(response, "base64", undefined) as { data: { embedding: string }[] };
    const bytes = Buffer.from(json.data[0]?.embedding ?? "", "base64");
    expect([bytes.length, bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual([8, 0.5, -1]);
  });
});
