import { describe, expect, it } from "vitest";
import { type ClassifierModel, decodeModel, encodeModel, scaleOfByte } from "./model-format.ts";

const vocabulary = new Uint16Array(1 << 10);
vocabulary[0] = 1;
vocabulary[5] = 2;
vocabulary[900] = 3;

const model: ClassifierModel = {
  header: {
    version: "test/1",
    bits: 10,
    features: 3,
    columns: [
      { name: "a", scale: 0.5, bias: 0.1 },
      { name: "b", scale: 2, bias: -0.1 },
    ],
    calibration: [{ share: 0.5, chance: 0.4 }],
  },
  vocabulary,
  weights: Int8Array.of(1, -2, 127, -127, 0, 5),
  scaleBytes: Uint8Array.of(192, 0, 255),
};

describe("the format of models", () => {
  it("reads what it wrote, wherever the bytes stand", () => {
    const bytes = encodeModel(model);
    expect(decodeModel(bytes)).toEqual(model);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodeModel(shifted.subarray(3))).toEqual(model);
  });

  it("refuses what is no model, and one that is cut off", () => {
    expect(() => decodeModel(Uint8Array.of(1, 2, 3))).toThrow("no classifier model");
    expect(() => decodeModel(encodeModel(model).subarray(0, -1))).toThrow("bytes has");
  });

  it("has eight steps of scale to a doubling", () => {
    expect(scaleOfByte(200) / scaleOfByte(192)).toBe(2);
  });
});
