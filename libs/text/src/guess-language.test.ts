import { describe, expect, it } from "vitest";
import { guessLanguage } from "./guess-language.ts";

describe("the language guess", () => {
  it.each([
    ["en", "What should I pack for a week in the mountains?"],
    ["de", "Welche Unterlagen brauche ich für die Anmeldung beim Bürgeramt?"],
    ["fr", "Pouvez-vous résumer ce rapport et me dire quels sont les points qui comptent ?"],
    ["es", "¿Cuál es la diferencia entre los dos planes y cuánto cuesta cada uno por mes?"],
    ["it", "Qual è il modo migliore per scrivere una lettera di presentazione?"],
    ["pt", "Você pode me explicar como funciona uma hipoteca com juros variáveis?"],
    ["nl", "Wat is het verschil tussen deze twee verzekeringen en welke is goedkoper?"],
    ["pl", "Jak napisać list motywacyjny, który nie jest zbyt długi?"],
    ["tr", "Bu cümleyi daha kibar bir şekilde nasıl yazabilirim?"],
    ["ru", "Объясните простыми словами, что такое инфляция."],
    ["uk", "Поясніть, будь ласка, що таке інфляція і чому вона зростає."],
    ["el", "Ποια είναι η πρωτεύουσα της Ελλάδας;"],
    ["ar", "ما هي عاصمة المغرب وما هو عدد سكانها؟"],
    ["fa", "پایتخت ایران کجاست و چه جمعیتی دارد؟"],
    ["he", "מה ההבדל בין שני המסלולים?"],
    ["hi", "भारत की राजधानी क्या है?"],
    ["th", "เมืองหลวงของประเทศไทยคืออะไร"],
    ["zh", "请帮我写一封给客户的道歉信。"],
    ["ja", "このメールをもっと丁寧に書き直してください。"],
    ["ko", "이 문장을 더 공손하게 고쳐 주세요."],
  ])("finds %s", (tag, text) => {
    expect(guessLanguage(text)).toBe(tag);
  });

  it("says und where nothing tells", () => {
    for (const text of ["", "   ", "12 + 30 = 42", "xyzzy", "{}[]();", "🙂🙂"])
      expect(guessLanguage(text), text).toBe("und");
  });

  it("goes by the text, not by a quoted word of another script", () => {
    expect(guessLanguage("What does the word 经济 mean in the text that follows?")).toBe("en");
  });

  it("goes by the script where Latin letters are only names and no stop word tells", () => {
    expect(guessLanguage('{"vector": "向量", "prompts": "提示词", "deleted": "标签删除成功"}')).toBe("zh");
  });
});
