import { EmbeddingRequest } from "@switchyard/contracts/type/v1/embedding";
import { describe, expect, it } from "vitest";
import { fixture } from "../testing/scripted-provider.ts";
import { MalformedAnswer } from "./malformed-answer.ts";
import { fromEmbeddingResponse, toEmbeddingBody } from "./openai-embedding.ts";

describe("toEmbeddingBody", () => {
  it("sends texts, dimensions and further fields", () => {
    const request = EmbeddingRequest.create({ texts: ["a", "b"], dimensions: 8, extraJson: '{"input_type":"query"}' });
    expect(toEmbeddingBody(request, "acme-embed")).toEqual({
      model: "acme-embed",
      input: ["a", "b"],
      dimensions: 8,
      input_type: "query",
      encoding_format: "float",
    });
  });

  it("sends token lists", () => {
    const request = EmbeddingRequest.create({ tokenLists: [{ tokenIds: [1, 2] }, { tokenIds: [3] }] });
    expect(toEmbeddingBody(request, "acme-embed")).toMatchObject({ input: [[1, 2], [3]] });
  });
});

describe("fromEmbeddingResponse", () => {
  it("puts the vectors in the order of the texts", () => {
    expect(fromEmbeddingResponse(JSON.parse(fixture("openai-embeddings.json")), 2)).toEqual({
      model: "text-embedding-3-small",
      embeddings: [{ values: [0.125, 1] }, { values: [0.5, -0.25] }],
      inputTokens: 8n,
      extraJson: "",
    });
  });

  it.each([
    ["no data", {}],
    ["too few vectors", { data: [{ index: 0, embedding: [1] }] }],
    [
      "one position twice",
      {
        data: [
          { index: 1, embedding: [1] },
          { index: 1, embedding: [1] },
        ],
      },
    ],
    ["an empty vector", { data: [{ embedding: [1] }, { embedding: [] }] }],
    ["a vector of text", { data: [{ embedding: [1] }, { embedding: "AAAA" }] }],
  ])("finds %s malformed", (_what, answer) => {
    expect(() => fromEmbeddingResponse(answer, 2)).toThrow(MalformedAnswer);
  });
});
