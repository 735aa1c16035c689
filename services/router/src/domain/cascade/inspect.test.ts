import { ChatRequest, ChatResponse, ResponseFormat, Tool } from "@switchyard/contracts/type/v1/chat";
import { describe, expect, it } from "vitest";
import { answerValidator } from "../../adapters/ajv-answer-validator.ts";
import { prompt, response } from "../../testing/fixtures.ts";
import { noHints } from "../shape.ts";
import { askedFormat, hasFormat } from "./asked-format.ts";
import { inspect } from "./inspect.ts";

const validator = answerValidator();

function found(answer: ChatResponse, chat: Parameters<typeof prompt>[1] = {}, answerPattern = "") {
  const asked = prompt({ hints: { ...noHints, answerPattern } }, chat);
  const format = askedFormat(asked.chat, asked.systemText, asked.userText);
  return inspect(answer, asked, { validator, format, minMeanLogprob: -0.8 })?.reason;
}

const asking = (text: string) => ({
  messages: [{ role: "ROLE_USER" as const, content: [{ part: { $case: "text" as const, value: text } }] }],
});
const schema = {
  responseFormat: ResponseFormat.create({
    format: {
      $case: "jsonSchema",
      value: {
        ...{ name: "answer", description: "", strict: undefined },
        schemaJson: '{"type":"object","required":["city"],"properties":{"city":{"type":"string"}}}',
      },
    },
  }),
};

describe("looking at an answer", () => {
  it("finds nothing wrong with an ordinary one", () => {
    expect(found(response("Paris is the capital of France."))).toBeUndefined();
  });

  it("finds what is empty, cut off or fewer than asked for", () => {
    expect(found(response("  \n"))).toBe("empty");
    expect(found(response("and then", "length"))).toBe("truncated");
    expect(found(response("one"), { n: 2 })).toBe("empty");
  });

  it("knows a refusal from an answer that speaks of refusing", () => {
    for (const text of [
      "I'm sorry, but I can't help with that.",
      "I cannot assist with this request.",
      "Unfortunately, I don't have access to your calendar.",
      "As an AI language model, I am unable to open links.",
    ]) {
      expect(found(response(text)), text).toBe("refusal");
    }
    expect(
      found(ChatResponse.create({ choices: [{ ...response("x").choices[0], finishReason: "content_filter" }] })),
    ).toBe("refusal");
    for (const text of [
      "I can't wait to see you! Dear Anna, ...",
      "You cannot divide by zero.",
      "I can help: first, open it.",
    ]) {
      expect(found(response(text)), text).toBeUndefined();
    }
  });

  it("holds JSON to the schema that was asked for", () => {
    expect(found(response('{"city":"Paris"}'), schema)).toBeUndefined();
    expect(found(response('{"town":"Paris"}'), schema)).toBe("schema");
    expect(found(response("Paris"), schema)).toBe("schema");
  });

  it("holds tool calls to the tools that were offered", () => {
    const tools = [Tool.create({ name: "find", parametersJson: '{"type":"object","required":["what"]}' })];
    const calling = (name: string, json: string) => {
      const answer = response("", "tool_calls");
      answer.choices[0]?.message?.toolCalls.push({ id: "1", name, arguments: json, extraJson: "" });
      return found(answer, { tools });
    };
    expect(calling("find", '{"what":"river"}')).toBeUndefined();
    expect(calling("find", "{}")).toBe("schema");
    expect(calling("find", "{what")).toBe("schema");
    expect(calling("buy", "{}")).toBe("schema");
  });

  it("holds text to a pattern, in time that no pattern can stretch", () => {
    expect(found(response("AB-12"), {}, "^[A-Z]{2}-\\d+$")).toBeUndefined();
    expect(found(response("AB12"), {}, "^[A-Z]{2}-\\d+$")).toBe("pattern");
    // A backtracking engine would still be at it when the sun has gone out.
    expect(found(response(`${"a".repeat(50_000)}!`), {}, "^(a+)+$")).toBe("pattern");
  });

  it("checks nothing by a pattern or a schema that is none", () => {
    expect(validator.matches("(", "text")).toBe(true);
    expect(validator.matches("(?=look)around", "text")).toBe(true);
    expect(validator.mismatch('{"type":"nonsense"}', "{}")).toBeUndefined();
    expect(validator.mismatch('{"$ref":"https://example.com/schema"}', "{}")).toBeUndefined();
    expect(validator.mismatch("not json", "{}")).toBeUndefined();
  });

  it("checks patterns of a schema in linear time as well, and schemas of one name apart", () => {
    const bomb = '{"$id":"x","type":"object","properties":{"a":{"type":"string","pattern":"^(a+)+$"}}}';
    expect(validator.mismatch(bomb, JSON.stringify({ a: `${"a".repeat(50_000)}!` }))).toContain("pattern");
    expect(validator.mismatch('{"$id":"x","type":"array"}', "{}")).toContain("type");
  });

  it("doubts an answer that the model itself gave little chance", () => {
    const sure = (logprob: number) => {
      const [choice] = response("Paris").choices;
      const logprobs = {
        content: [{ token: "Paris", logprob, bytes: new Uint8Array(), topLogprobs: [] }],
        refusal: [],
      };
      return found(ChatResponse.fromPartial({ choices: [{ ...choice, logprobs }] }));
    };
    expect(sure(-0.1)).toBeUndefined();
    expect(sure(-1.5)).toBe("confidence");
  });

  it("holds an answer to the form that the prompt's words ask for", () => {
    const labels = asking("Classify this message as one of: complaint, question or praise.\nThe soup was cold.");
    expect(found(response("Complaint."), labels)).toBeUndefined();
    expect(found(response("It sounds rather unhappy to me"), labels)).toBe("format");
    const yes = asking("Is Paris in France? Answer only yes or no.");
    expect(found(response("**Yes**"), yes)).toBeUndefined();
    expect(found(response("Well, that depends."), yes)).toBe("format");
  });
});

describe("the form that words ask for", () => {
  const format = (text: string) => askedFormat(ChatRequest.create(), "", text);

  it("is a number where only that is wanted", () => {
    const number = format("How many rivers are there? Reply with only the number.");
    expect(number).toEqual({ kind: "number" });
    expect(
      ["42", "about 42 rivers", "1,234.5", "forty", "between 3 and 4 of them"].map((text) =>
        hasFormat(text, { kind: "number" }),
      ),
    ).toEqual([true, true, true, false, false]);
  });

  it("is not seen where it was not meant", () => {
    for (const text of [
      "Write about one of my friends.",
      "Tell me the number of rivers.",
      "Why do people answer yes?",
    ]) {
      expect(format(text), text).toBeUndefined();
    }
  });

  it("is JSON where the request says so", () => {
    const responseFormat = ResponseFormat.create({ format: { $case: "jsonObject", value: {} } });
    expect(askedFormat({ responseFormat, tools: [] }, "", "")).toEqual({ kind: "json" });
    expect(hasFormat("{}", { kind: "json" })).toBe(true);
    expect(hasFormat("Here: {}", { kind: "json" })).toBe(false);
  });
});
